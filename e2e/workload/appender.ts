// Keeps one file open for ever: it appends a line, calls hflush, and never closes. WebHDFS cannot do that, so the JDK's
// jshell runs appender.jsh with Hadoop's own client. It ends with this process, however that ends.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Daemon, daemon } from "@coeval/testbed/daemon";
import { javaCall } from "@coeval/testbed/java";

export interface Appender {
  readonly path: string;
  /** The last line that the cluster has acknowledged. */
  readonly serial: number;
  /** Kills it: the file stays open until the cluster's lease runs out. */
  kill(): Promise<void>;
}

export interface AppenderOptions {
  readonly path: string;
  readonly user: string;
  /** The folder with the client's configuration, and the jars. */
  readonly clientConf: string;
  readonly classPath: readonly string[];
  /** Folder for its output. */
  readonly dir: string;
  readonly everyMs?: number;
  /** Block size of the file, small so that blocks are finished while it is open; default 4,096. */
  readonly blockBytes?: number;
}

const SCRIPT = fileURLToPath(new URL("appender.jsh", import.meta.url));
const EVERY_MS_DEFAULT = 50;
const BLOCK_BYTES_DEFAULT = 4096;
const HEAP_MIB = 128;
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 50;

/** Resolves once the first line has been acknowledged: about 3 s. */
export async function startAppender(options: AppenderOptions): Promise<Appender> {
  const outputFile = `${options.dir}/appender.out`;
  writeFileSync(outputFile, "");
  const running = daemon({
    role: "appender",
    cwd: options.dir,
    outputFile,
    changed: () => {},
    call: jshellCall(options),
  });
  await running.start();
  const serial = (): number => lastSerial(outputFile);
  const begunAt = performance.now();
  while (serial() === 0) {
    if (running.process === null || performance.now() - begunAt > START_TIMEOUT_MS) {
      await running.kill();
      throw new Error(`the appender did not write; its output:\n${readFileSync(outputFile, "utf8")}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return {
    path: options.path,
    get serial() {
      return serial();
    },
    kill: () => (running as Daemon).kill(),
  };
}

/** The testbed's way of calling Java, turned into jshell's words: flags of the JVM go behind -J. */
function jshellCall(options: AppenderOptions) {
  const classPath = [options.clientConf, ...options.classPath];
  const call = javaCall({
    mainClass: "",
    args: [],
    classPath: [],
    user: options.user,
    heapMib: HEAP_MIB,
    properties: {
      "appender.path": options.path,
      "appender.every.ms": String(options.everyMs ?? EVERY_MS_DEFAULT),
      "appender.block.bytes": String(options.blockBytes ?? BLOCK_BYTES_DEFAULT),
      // jshell's own loader knows the path of --class-path only when it compiles.
      "java.class.path": classPath.join(":"),
    },
  });
  const flags = call.args.slice(0, call.args.indexOf("-cp")).map((flag) => `-J${flag}`);
  return {
    command: call.command.replace(/java$/, "jshell"),
    args: ["--execution", "local", ...flags, "--class-path", classPath.join(":"), SCRIPT],
    env: call.env,
  };
}

function lastSerial(file: string): number {
  const numbers = readFileSync(file, "utf8").match(/^\d+$/gm);
  return Number(numbers?.at(-1) ?? 0);
}
