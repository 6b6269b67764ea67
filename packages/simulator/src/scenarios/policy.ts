/** Services protected by policy: moments come by themselves, several services at once, in fair weather and under faults. */
import type { Plan, Scenario } from "../plan.ts";
import { crash } from "./crash.ts";
import { drawByPolicy } from "./draw-by-policy.ts";
import { mix } from "./mix.ts";
import { partition } from "./partition.ts";

/** Fair weather: no moment is missed once the agents are there. */
export const policy: Scenario = {
  name: "policy",
  plan: (seed) => ({ runs: 2, byPolicy: drawByPolicy(seed) }),
};

/** Processes die at any of their calls, and stay away for a while. */
export const policyCrash: Scenario = {
  name: "policy-crash",
  plan: (seed) => ({ ...crash.plan(seed.stream("crash")), byPolicy: drawByPolicy(seed) }),
};

/** Nothing gets through between two machines. */
export const policyPartition: Scenario = {
  name: "policy-partition",
  plan: (seed) => ({ ...partition.plan(seed.stream("partition")), byPolicy: drawByPolicy(seed) }),
};

/** Everything at once. */
export const policyMix: Scenario = {
  name: "policy-mix",
  plan: (seed): Partial<Plan> => ({ ...mix.plan(seed.stream("mix")), byPolicy: drawByPolicy(seed) }),
};
