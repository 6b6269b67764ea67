/** Does what a policy calls for: arms a moment, or tells those that went by. */
import type { Instant } from "@coeval/core/model/instant";
import type { Service } from "@coeval/core/model/service";
import type { World } from "@coeval/core/ports/world";
import type { Due } from "@coeval/core/protect/policy";
import { type ArmParts, armMoment } from "./arm-moment.ts";
import { tellMoments, UNARMED, whilePaused } from "./moment-records.ts";
import type { Records } from "./records.ts";

/** What there is to do. */
export type Act = Exclude<Due, { kind: "wait" | "none" }>;

export interface AnswerParts extends ArmParts {
  readonly records: Records;
}

/**
 * Throws when nothing could be stored: then it is to be answered again.
 * @param current whether the policy is still the one that was asked.
 * @returns how far the policy is answered by it; null when it was edited meanwhile.
 */
export async function answerPolicy(
  world: World,
  parts: AnswerParts,
  { name }: Service,
  act: Act,
  current: () => boolean,
): Promise<Instant | null> {
  const { records } = parts;
  if (act.kind !== "arm") {
    const cause = act.kind === "paused" ? whilePaused(act.pause) : UNARMED;
    const { moments, more, until } = act;
    await tellMoments(world, records, name, { fate: act.kind, moments, more, cause }, until);
    return until;
  }
  const { moment } = act;
  const cause = await armMoment(world, parts, { name, moment }, current);
  if (cause === "edited") return null;
  if (cause) await tellMoments(world, records, name, { fate: "missed", moments: [moment], more: 0, cause });
  return moment;
}
