/** NameNodes lose requests and answers; what was cancelled may take effect all the same. */
import type { Scenario } from "../plan.ts";

export const flakyCluster: Scenario = {
  name: "flaky-cluster",
  plan: (seed) => ({
    runs: 3,
    clusterFaults: {
      requestLost: seed.between(0, 0.01),
      answerLost: seed.between(0, 0.01),
      lateEffects: seed.chance(0.5),
    },
  }),
};
