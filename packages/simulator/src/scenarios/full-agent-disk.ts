/** The disk under an agent's own data folder is full for a while. */
import type { Act, ClusterName, Scenario } from "../plan.ts";

export const fullAgentDisk: Scenario = {
  name: "full-agent-disk",
  plan(seed) {
    const whose: ClusterName = seed.pick(["east", "west"]);
    const freeBytes = seed.pick([0, 500, 5000]);
    const fill: Act = {
      name: `data folder of ${whose} full`,
      when: { kind: "after-begin", run: 1, ms: seed.between(0, 5000) },
      act: ({ machines }) => {
        machines[whose].disk.freeBytes = freeBytes;
      },
    };
    const free: Act = {
      name: `data folder of ${whose} has room`,
      when: { kind: "after-begin", run: 1, ms: seed.between(5000, 40_000) },
      act: ({ machines }) => {
        machines[whose].disk.freeBytes = Number.POSITIVE_INFINITY;
      },
    };
    return { runs: 2, acts: [fill, free] };
  },
};
