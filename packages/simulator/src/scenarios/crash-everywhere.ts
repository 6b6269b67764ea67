/**
 * Not drawn but counted: one crash of one process at one port call of the second run. Played over all processes, calls and
 * positions (`--exhaustive`), it kills every process at every step.
 */
import type { Crash, Scenario } from "../plan.ts";
import type { ProcessName } from "../processes/machine.ts";
import type { Verdict } from "../simulate.ts";
import type { CrashPosition } from "../world/life.ts";

/** The run that is crashed: an incremental one. */
const RUN = 1;
const DOWN_MS = 1500;
const PROCESSES: readonly ProcessName[] = ["control", "east", "west"];
const POSITIONS: readonly CrashPosition[] = ["before", "during", "after"];

/** The same history up to the crash, whatever the crash. */
export function crashedAt(crash: Crash | null): Scenario {
  return { name: "crash-everywhere", plan: () => ({ runs: 2, crashes: crash ? [crash] : [], leadMs: 2000 }) };
}

/** All crashes of a history that was played without any. */
export function* everyCrash({ runCalls }: Verdict): Generator<Crash> {
  for (const process of PROCESSES) {
    const calls = runCalls[RUN]?.[process] ?? 0;
    for (let call = 1; call <= calls; call++)
      for (const position of POSITIONS)
        yield { process, run: RUN, point: { call, position }, downMs: DOWN_MS };
  }
}

/** `PROCESS:POSITION:CALL`. */
export function nameOf({ process, point }: Crash): string {
  return `${process}:${point.position}:${point.call}`;
}

/** The crash of a name; null for anything else. */
export function crashNamed(name: string | undefined): Crash | null {
  const [first, second, call] = name?.split(":") ?? [];
  const process = PROCESSES.find((one) => one === first);
  const position = POSITIONS.find((one) => one === second);
  if (!process || !position || !Number.isInteger(Number(call))) return null;
  return { process, run: RUN, point: { call: Number(call), position }, downMs: DOWN_MS };
}
