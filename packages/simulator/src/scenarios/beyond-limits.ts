/** The service asks for what an agent's own limits do not allow: refused, and nothing was done. */
import type { Plan, Scenario } from "../plan.ts";

export const beyondLimits: Scenario = {
  name: "beyond-limits",
  plan(seed) {
    const limits = seed.pick<Plan["limits"]>([
      { east: { readPrefixes: ["/data/other"], writePrefixes: [] } },
      { east: { readPrefixes: ["/data/orders/events/below"], writePrefixes: ["/data"] } },
      { west: { readPrefixes: ["/backup"], writePrefixes: ["/backup/orders-2"] } },
      { west: { readPrefixes: [], writePrefixes: [] } },
    ]);
    return { runs: 2, limits, recovers: false };
  },
};
