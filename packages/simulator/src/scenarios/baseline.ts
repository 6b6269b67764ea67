/** Fair weather: several moments in a row. */
import type { Scenario } from "../plan.ts";

export const baseline: Scenario = {
  name: "baseline",
  plan: (seed) => ({ runs: seed.whole(2, 4), fair: true }),
};
