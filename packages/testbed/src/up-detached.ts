/** `testbed up --detach`: runs `up` in a process of its own, waits until its clusters serve, and returns. */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ENTRY = fileURLToPath(new URL("./detached.ts", import.meta.url));

/** `args` are the words of the `up` to run; its messages go to `DIR/up.log`. */
export async function detach(dir: string, args: readonly string[]): Promise<number> {
  const folder = resolve(dir);
  mkdirSync(folder, { recursive: true });
  const logFile = join(folder, "up.log");
  const log = openSync(logFile, "w");
  const child = spawn(process.execPath, [ENTRY, ...args], {
    detached: true,
    stdio: ["ignore", "pipe", log],
  });
  closeSync(log);
  const interrupt = (): void => void child.kill("SIGTERM");
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  try {
    return await new Promise((resolvePromise, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => {
        process.stderr.write(readFileSync(logFile, "utf8"));
        resolvePromise(code ?? 1);
      });
      const output = child.stdout;
      if (output === null) return reject(new Error("testbed: the detached process has no output"));
      // `up` writes once, when its clusters serve.
      output.once("data", (text: Buffer) => {
        process.stdout.write(text);
        process.stderr.write(
          `testbed: up as process ${child.pid}; end it with \`testbed down --dir ${folder}\`\n`,
        );
        child.removeAllListeners("exit");
        child.unref();
        output.destroy();
        resolvePromise(0);
      });
    });
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}
