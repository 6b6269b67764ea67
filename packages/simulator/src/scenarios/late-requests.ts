/**
 * An agent dies, and what it had asked of its NameNode takes effect long after: while it is away, while it goes on with the same run, or
 * in the middle of a later one.
 */
import { NO_CLUSTER_FAULTS } from "../cluster/served.ts";
import type { Crash, Scenario } from "../plan.ts";

const RUNS = 3;

export const lateRequests: Scenario = {
  name: "late-requests",
  plan(seed) {
    const crashes = Array.from({ length: RUNS }, (_, run): Crash => {
      const label = seed.pick([
        "fs.change",
        "fs.change",
        "fs.change.rename",
        "fs.change.setMode",
        "fs.change.createSnapshot",
      ]);
      return {
        process: seed.pick(["west", "west", "east"]),
        run,
        point: {
          label,
          call: Math.ceil((label === "fs.change" ? 200 : 6) ** seed.fraction()),
          position: "during",
        },
        downMs: seed.pick([100, 500, 3000]),
      };
    });
    return {
      runs: RUNS,
      crashes,
      clusterFaults: {
        ...NO_CLUSTER_FAULTS,
        lateEffects: true,
        orphanedMsMax: seed.pick([300, 3000, 15_000]),
      },
    };
  },
};
