/** The moments of a policy, in order: what its rules give, each instant once, without those in a blackout. */
import { CRON_SEARCH_YEARS, parseCron } from "../model/cron.ts";
import { MS_PER_DAY } from "../model/civil.ts";
import type { Instant } from "../model/instant.ts";
import type { Blackout, MomentRule, Policy } from "../model/policy.ts";
import type { Calendar } from "../ports/calendar.ts";
import { blackedOutUntil } from "./blackout.ts";
import { cronNext } from "./cron-next.ts";

/** Blackouts looked beyond in search of one moment. */
export const BLACKOUTS_PASSED_MAX = 5000;
const SEARCH_MS = CRON_SEARCH_YEARS * 366 * MS_PER_DAY;

/** A sequence of instants, asked for one by one. */
export interface Moments {
  /** The first one after an instant; null: none comes any more, or none within CRON_SEARCH_YEARS. */
  next(after: Instant): Instant | null;
}

/**
 * What is due by a policy.
 * @throws CoevalError `bad-input` for an expression or a zone that check-policy.ts would have refused.
 */
export function momentsOf(policy: Pick<Policy, "moments" | "blackout">, calendar: Calendar): Moments {
  return outside(policy.blackout, ruledBy(policy.moments, calendar), calendar);
}

/** What the rules give, blacked out or not. @throws CoevalError as momentsOf. */
export function ruledBy(rules: readonly MomentRule[], calendar: Calendar): Moments {
  const all = rules.map((rule) => ofRule(rule, calendar));
  return {
    next(after) {
      let first: Instant | null = null;
      for (const one of all) {
        const moment = one.next(after);
        if (moment !== null && (first === null || moment < first)) first = moment;
      }
      return first;
    },
  };
}

function outside(blackouts: readonly Blackout[], moments: Moments, calendar: Calendar): Moments {
  if (blackouts.length === 0) return moments;
  return {
    next(after) {
      let from = after;
      for (let passed = 0; passed < BLACKOUTS_PASSED_MAX; passed++) {
        const moment = moments.next(from);
        if (moment === null || moment > after + SEARCH_MS) return null;
        const end = blackedOutUntil(blackouts, moment, calendar);
        if (end === null) return moment;
        from = end - 1;
      }
      return null;
    },
  };
}

function ofRule(rule: MomentRule, calendar: Calendar): Moments {
  switch (rule.kind) {
    case "at":
      return { next: (after) => (after < rule.at ? rule.at : null) };
    case "every": {
      const begin = rule.anchor ?? 0;
      const { everyMs } = rule;
      return {
        next: (after) =>
          after < begin ? begin : begin + (Math.floor((after - begin) / everyMs) + 1) * everyMs,
      };
    }
    case "cron": {
      const cron = parseCron(rule.cron);
      return { next: (after) => cronNext(cron, rule.zone, after, calendar) };
    }
  }
}
