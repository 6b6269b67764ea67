/** Knows a process again: its id together with the moment the kernel started it, so that an id that was given to
 * another process since is never mistaken for ours. Linux only (`/proc`). */
import { readFileSync } from "node:fs";

export interface ProcessIdentity {
  readonly pid: number;
  /** Start of the process in clock ticks since boot: field 22 of `/proc/PID/stat` (proc(5)). */
  readonly startTicks: number;
}

/** The identity of a running process, or null when there is none (a zombie has ended). */
export function identify(pid: number): ProcessIdentity | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ESRCH") return null;
    throw error;
  }
  // The command name stands in parentheses and may hold anything; the fields are counted after the last one.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state] = fields;
  const startTicks = Number(fields[19]);
  if (state === "Z" || state === "X" || !Number.isFinite(startTicks)) return null;
  return { pid, startTicks };
}

export function isAlive(process: ProcessIdentity): boolean {
  return identify(process.pid)?.startTicks === process.startTicks;
}

const POLL_MS = 50;

/** Ends a process: asked by SIGTERM, killed after `graceMs`. True when it was still alive. */
export async function end(target: ProcessIdentity, graceMs: number): Promise<boolean> {
  if (!isAlive(target)) return false;
  signalTo(target, "SIGTERM");
  for (let waitedMs = 0; waitedMs < graceMs && isAlive(target); waitedMs += POLL_MS) await pause(POLL_MS);
  if (isAlive(target)) signalTo(target, "SIGKILL");
  for (let waitedMs = 0; isAlive(target); waitedMs += POLL_MS) {
    if (waitedMs > KILL_WAIT_MS)
      throw new Error(`testbed: process ${target.pid} does not end, even by SIGKILL`);
    await pause(POLL_MS);
  }
  return true;
}

const KILL_WAIT_MS = 10_000;

function signalTo(target: ProcessIdentity, signal: NodeJS.Signals): void {
  try {
    process.kill(target.pid, signal);
  } catch (error) {
    // It ended between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
