/** Disks and NameNodes answer slowly, now and then very slowly. */
import type { Scenario } from "../plan.ts";

export const slow: Scenario = {
  name: "slow",
  plan: (seed) => ({
    runs: 2,
    clusterFaults: {
      requestLost: 0,
      answerLost: 0,
      lateEffects: false,
      slow: seed.between(0, 0.05),
      slowMsMax: seed.pick([50, 500, 5000]),
    },
    acts: [
      {
        name: "disks slow",
        when: { kind: "after-begin", run: 0, ms: 0 },
        act({ machines }) {
          for (const { disk, databaseDisk } of Object.values(machines)) {
            disk.latencyMsMax = seed.pick([1, 20, 200]);
            databaseDisk.slowMsMax = seed.pick([0, 5, 100]);
          }
        },
      },
    ],
  }),
};
