/** The secondary's disks are full for a while, from before a run or from the middle of it; later there is room again. */
import type { Act, Scenario } from "../plan.ts";

const ROOM_BYTES = 2 ** 50;
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
    const free: Act = {
      name: "secondary has room",
      when: { kind: "after-run", run: 1 },
      act: ({ clusters }) => clusters.west.setRemainingBytes(ROOM_BYTES),
    };
    return { runs: 2, acts: [fill, free] };
  },
};
