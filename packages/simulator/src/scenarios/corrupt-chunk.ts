/** A block rots on the secondary while it lies in staging: it is found when it is read back. */
import type { Scenario } from "../plan.ts";

export const corruptChunk: Scenario = {
  name: "corrupt-chunk",
  plan: (seed) => ({
    runs: 2,
    acts: [1, 2].map(() => ({
      name: "bit flipped in staging",
      when: { kind: "call", cluster: "west", method: "create", nth: seed.whole(1, 60) },
      act({ clusters }, call) {
        const path = call?.texts[0] ?? "";
        const length = clusters.west.workload().read(path)?.length ?? 0;
        if (length > 0) clusters.west.corrupt(path, seed.whole(0, length - 1));
      },
    })),
  }),
};
