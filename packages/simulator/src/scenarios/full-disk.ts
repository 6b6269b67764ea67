/** The secondary's disks are full for a while, from before a run or from the middle of it. */
import type { Act, Scenario } from "../plan.ts";

const RESERVE_BYTES = 64 * 1024 * 1024;

export const fullDisk: Scenario = {
  name: "full-disk",
  plan(seed) {
    const left = seed.pick([0, 1000, 100_000, RESERVE_BYTES + 5000]);
    const fill: Act = {
      name: "secondary full",
      when: seed.chance(0.5)
        ? { kind: "after-begin", run: 1, ms: 0 }
        : { kind: "call", cluster: "west", method: "create", nth: seed.whole(1, 60) },
      act: ({ clusters }) => clusters.west.setRemainingBytes(left),
    };
    return { runs: 2, acts: [fill] };
  },
};
