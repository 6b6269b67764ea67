/** A process dies at one of its port calls, anywhere in a run, and comes back after a while; sometimes two, sometimes again. */
import type { Crash, Scenario } from "../plan.ts";
import type { ProcessName } from "../processes/machine.ts";
import type { CrashPosition } from "../world/life.ts";
import type { Seed } from "../world/seed.ts";

const PROCESSES: readonly ProcessName[] = ["control", "east", "west"];
const POSITIONS: readonly CrashPosition[] = ["before", "during", "after"];
/** What a process does most is not where it is most easily hurt: the kind of call is drawn first. */
const LABELS = ["", "db", "db.commit", "fs.change", "fs.read", "files", "net.write", "clock"] as const;
/** Calls of a process in one run, roughly. */
const CALLS_MAX = 500;
const RUNS = 3;

export const crash: Scenario = {
  name: "crash",
  plan(seed) {
    const crashes: Crash[] = [];
    for (let run = 0; run < RUNS; run++) {
      const victims = seed.chance(0.25) ? 2 : 1;
      for (let victim = 0; victim < victims; victim++) crashes.push(drawCrash(seed, run));
    }
    return { runs: RUNS, crashes, silentCrashes: seed.pick([0, 0, 0.3]) };
  },
};

export function drawCrash(seed: Seed, run: number): Crash {
  return {
    process: seed.pick(PROCESSES),
    run,
    point: {
      label: seed.pick(LABELS),
      // Early calls as likely as late ones, whatever their number.
      call: Math.ceil(CALLS_MAX ** seed.fraction()),
      position: seed.pick(POSITIONS),
    },
    downMs: seed.chance(0.05) ? seed.between(20_000, 400_000) : seed.between(100, 8000),
  };
}
