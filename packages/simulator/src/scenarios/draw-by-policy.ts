/** Draws some services with policies of their own: push or pull, some of them with two rules. */
import type { MomentRule } from "@coeval/core/model/policy";
import type { ByPolicy, Subject } from "../plan.ts";
import { ZONE } from "../world/calendar.ts";
import type { Seed } from "../world/seed.ts";

const NAMES = ["orders", "billing", "clicks", "people", "stock"];
const SUBJECTS = { least: 2, most: 5 } as const;
const PERIOD_MS = 20_000;

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
