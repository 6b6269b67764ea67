// One child process in a process group of its own, so that a hang ends with everything it started.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { root } from "../house/sources.ts";

export interface GroupOptions {
  readonly command: readonly string[];
  readonly limitMs: number;
  readonly signal: AbortSignal;
  readonly env?: NodeJS.ProcessEnv;
  /** Every chunk of its stdout and stderr. */
  readonly output: (chunk: string) => void;
  /** Every chunk it writes to file descriptor 3. */
  readonly told?: (chunk: string) => void;
}

export interface GroupEnd {
  readonly code: number | null;
  /** Why it was killed, if it was: its time was up, or the whole run was stopped. */
  readonly killed: "limit" | "stopped" | null;
}

const GRACE_MS = 3_000;

/** Runs it to its end; resolves only when nothing holds its output open any more. */
export async function runGroup(options: GroupOptions): Promise<GroupEnd> {
  const [program = "", ...words] = options.command;
  const env = { ...process.env, ...options.env };
  // A node:test that runs us must not make our child believe it is a part of its own report.
  delete env["NODE_TEST_CONTEXT"];
  const child = spawn(program, words, {
    cwd: root,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const listen = (index: 1 | 2 | 3, hear: (chunk: string) => void): void => {
    const stream = child.stdio[index];
    if (stream === null || stream === undefined || !("setEncoding" in stream)) return;
    stream.setEncoding("utf8").on("data", hear);
  };
  listen(1, options.output);
  listen(2, options.output);
  listen(3, options.told ?? (() => {}));

  let killed: GroupEnd["killed"] = null;
  const timers: NodeJS.Timeout[] = [];
  const end = (why: "limit" | "stopped"): void => {
    if (killed !== null) return;
    killed = why;
    killGroup(child, "SIGTERM");
    timers.push(setTimeout(() => killGroup(child, "SIGKILL"), GRACE_MS));
  };
  const stop = (): void => end("stopped");
  timers.push(setTimeout(() => end("limit"), options.limitMs));
  options.signal.addEventListener("abort", stop, { once: true });
  if (options.signal.aborted) stop();
  // What a process leaves behind keeps its output open; it must neither hold us up nor live on.
  child.once("exit", () => timers.push(setTimeout(() => killGroup(child, "SIGKILL"), GRACE_MS)));
  try {
    const [code] = await once(child, "close");
    return { code: typeof code === "number" ? code : null, killed };
  } finally {
    for (const timer of timers) clearTimeout(timer);
    options.signal.removeEventListener("abort", stop);
    killGroup(child, "SIGKILL");
  }
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    const gone = error instanceof Error && "code" in error && error.code === "ESRCH";
    if (!gone) throw error;
  }
}
