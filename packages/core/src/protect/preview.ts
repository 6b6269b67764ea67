/** Preview: the next moments of a policy as people want to see them before they trust it. */
import { matches, parseCron } from "../model/cron.ts";
import type { Instant } from "../model/instant.ts";
import type { MomentRule, Policy } from "../model/policy.ts";
import { formatLocal, stretchAt } from "../model/zone.ts";
import type { Calendar } from "../ports/calendar.ts";
import { blackedOutUntil } from "./blackout.ts";
import { type Occurrence, occurrenceOf } from "./cron-next.ts";
import { ruledBy } from "./moments.ts";

export interface Previewed {
  readonly moment: Instant;
  /** What the clocks of `zone` show then: `2026-03-29T03:00:00.000+02:00`. */
  readonly local: string;
  /** The zone of the first cron expression that gives the moment, else `UTC`. */
  readonly zone: string;
  readonly occurrence: Occurrence;
  /** It would be a moment, but lies in a blackout: it is not taken and not missed. */
  readonly blackedOut: boolean;
}

/** Moments of one preview. */
export const PREVIEW_MAX = 100;

/**
 * The next moments after an instant, blacked out or not, at most `count` and PREVIEW_MAX of them.
 * @throws CoevalError `bad-input` for a policy that check-policy.ts would have refused.
 */
export function preview(
  policy: Pick<Policy, "moments" | "blackout">,
  from: Instant,
  count: number,
  calendar: Calendar,
): Previewed[] {
  const moments = ruledBy(policy.moments, calendar);
  const seen: Previewed[] = [];
  for (let moment = moments.next(from); moment !== null; moment = moments.next(moment)) {
    if (seen.length >= Math.min(count, PREVIEW_MAX)) break;
    const rule = givenBy(policy.moments, moment, calendar);
    const zone = rule?.zone ?? "UTC";
    seen.push({
      moment,
      local: formatLocal(moment, zone, calendar),
      zone,
      occurrence:
        rule && meantAnother(rule, moment, calendar) ? "skipped" : occurrenceOf(zone, moment, calendar),
      blackedOut: blackedOutUntil(policy.blackout, moment, calendar) !== null,
    });
  }
  return seen;
}

type CronRule = Extract<MomentRule, { kind: "cron" }>;

function givenBy(rules: readonly MomentRule[], moment: Instant, calendar: Calendar): CronRule | null {
  for (const rule of rules)
    if (rule.kind === "cron" && ruledBy([rule], calendar).next(moment - 1) === moment) return rule;
  return null;
}

function meantAnother({ cron, zone }: CronRule, moment: Instant, calendar: Calendar): boolean {
  return !matches(parseCron(cron), moment + stretchAt(calendar, zone, moment).offsetMs);
}
