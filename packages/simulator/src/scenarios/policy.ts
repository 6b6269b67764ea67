/** Services protected by policy: moments come by themselves, several services at once, in fair weather and under faults. */
import type { MomentRule } from "@coeval/core/model/policy";
import type { ByPolicy, Plan, Scenario, Subject } from "../plan.ts";
import type { Seed } from "../world/seed.ts";
import { ZONE } from "../world/calendar.ts";
import { crash } from "./crash.ts";
import { mix } from "./mix.ts";
import { partition } from "./partition.ts";

const NAMES = ["orders", "billing", "clicks", "people", "stock"];
const SUBJECTS = { least: 2, most: 5 } as const;
const PERIOD_MS = 20_000;

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

export function drawByPolicy(seed: Seed): ByPolicy {
  const count = seed.whole(SUBJECTS.least, SUBJECTS.most);
  const subjects = NAMES.slice(0, count).map(
    (name): Subject => ({ name, direction: seed.pick(["push", "pull"]), moments: drawMoments(seed) }),
  );
  return { subjects, periodMs: PERIOD_MS, aimedAt: null };
}

function drawMoments(seed: Seed): MomentRule[] {
  const every: MomentRule = {
    kind: "every",
    everyMs: seed.pick([7000, 10_000, 15_000, 20_000]),
    anchor: null,
  };
  const minutely: MomentRule = { kind: "cron", cron: "* * * * *", zone: seed.pick(["UTC", ZONE]) };
  return seed.chance(0.25) ? [every, minutely] : [every];
}
