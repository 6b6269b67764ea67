/** One Hadoop daemon: started under guard.sh, so that it never outlives this process; stopped, killed, frozen and
 * started again on the same ports and folders. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { JavaCall } from "./java.ts";
import { end, identify, isAlive, type ProcessIdentity } from "./process-identity.ts";

export interface Daemon {
  /** `namenode` or `datanode-N`. */
  readonly role: string;
  /** What its JVM prints; Hadoop's own log is `logs/ROLE.log` beside it. */
  readonly outputFile: string;
  /** Null while it does not run. */
  readonly process: ProcessIdentity | null;
  /** Starts the JVM and returns as soon as the process exists; whether it serves is ready.ts's matter. */
  start(): Promise<void>;
  /** SIGTERM, then SIGKILL after `STOP_GRACE_MS`. Stopping one that does not run succeeds. */
  stop(): Promise<void>;
  /** SIGKILL: what a power cut does to it. Returns once it is gone. */
  kill(): Promise<void>;
  /** SIGSTOP: it keeps its connections and answers nothing. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
}

export interface DaemonOptions {
  readonly role: string;
  readonly call: JavaCall;
  readonly cwd: string;
  readonly outputFile: string;
  /** Called after each start and end, with the daemon's own view already changed. */
  readonly changed: () => void;
}

const GUARD = join(dirname(dirname(fileURLToPath(import.meta.url))), "guard.sh");
const STOP_GRACE_MS = 8_000;
/** How long the guard waits after this process has gone before it kills. */
const GUARD_GRACE_SECONDS = 5;
const SPAWN_TIMEOUT_MS = 10_000;
const OUTPUT_SHOWN_CHARACTERS = 2_000;

export function daemon(options: DaemonOptions): Daemon {
  let running: ProcessIdentity | null = null;

  const alive = (): ProcessIdentity | null => (running !== null && isAlive(running) ? running : null);
  const signal = (name: NodeJS.Signals): void => {
    const target = alive();
    if (target === null) throw new Error(`testbed: ${options.role} does not run`);
    process.kill(target.pid, name);
  };
  const endBy = async (graceMs: number): Promise<void> => {
    if (running === null) return;
    // A frozen process hears SIGTERM only when it goes on.
    if (graceMs > 0 && alive() !== null) signal("SIGCONT");
    await end(running, graceMs);
    running = null;
    options.changed();
  };

  return {
    role: options.role,
    outputFile: options.outputFile,
    get process() {
      return alive();
    },
    async start() {
      if (alive() !== null) throw new Error(`testbed: ${options.role} runs already`);
      const guard = spawnGuarded(options);
      const pid = await firstLine(guard, options);
      const identity = identify(pid);
      if (identity === null)
        throw new Error(`testbed: ${options.role} ended at once\n${await outputOf(options)}`);
      running = identity;
      guard.once("exit", () => {
        // A guard that was killed may go before its daemon does, which then stays on record.
        if (running?.pid !== pid || isAlive(identity)) return;
        running = null;
        options.changed();
      });
      options.changed();
    },
    stop: () => endBy(STOP_GRACE_MS),
    kill: () => endBy(0),
    freeze: () => signal("SIGSTOP"),
    thaw: () => signal("SIGCONT"),
  };
}

/** The last lines of a daemon's output, for error messages. */
export async function outputOf(options: { readonly outputFile: string }): Promise<string> {
  try {
    return (await readFile(options.outputFile, "utf8")).slice(-OUTPUT_SHOWN_CHARACTERS);
  } catch (error) {
    return `(no output: ${(error as Error).message})`;
  }
}

/** In a session of its own, so that a Ctrl-C at the terminal reaches this process alone, which then ends in order.
 * Unreferenced: a forgotten `stop()` does not hold the process, and its end ends the daemon. */
function spawnGuarded(options: DaemonOptions): ChildProcess {
  const { command, args, env } = options.call;
  const guard = spawn("sh", [GUARD, String(GUARD_GRACE_SECONDS), options.outputFile, command, ...args], {
    cwd: options.cwd,
    env,
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
  });
  guard.unref();
  // A pipe of a child is a socket underneath, and only as such can be unreferenced.
  for (const pipe of [guard.stdin, guard.stdout]) (pipe as unknown as { unref(): void }).unref();
  // The guard may go first; a broken pipe then says nothing new.
  guard.stdin?.on("error", () => {});
  return guard;
}

/** The daemon's process id, which the guard prints first. */
function firstLine(guard: ChildProcess, options: DaemonOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void =>
      reject(new Error(`testbed: ${options.role} could not be started: ${why}`));
    const timer = setTimeout(() => fail(`no process within ${SPAWN_TIMEOUT_MS} ms`), SPAWN_TIMEOUT_MS);
    guard.once("error", (error) => fail(error.message));
    guard.once("close", (status) => fail(`its guard ended with status ${status}`));
    let text = "";
    guard.stdout?.setEncoding("utf8").on("data", (more: string) => {
      text += more;
      const line = /^(\d+)\n/.exec(text)?.[1];
      if (line === undefined) return;
      clearTimeout(timer);
      resolve(Number(line));
    });
  });
}
