/** Policy: when a service's next moment is due. The instant that the user entered *is* the moment; it is armed `lead` before. */
import type { Instant } from "../model/instant.ts";
import type { Pause } from "../model/pause.ts";
import { pausedBy } from "../model/pause.ts";
import type { Service } from "../model/service.ts";
import type { Calendar } from "../ports/calendar.ts";
import { momentsOf } from "./moments.ts";

export type Due =
  | { readonly kind: "arm"; readonly moment: Instant }
  /** Nothing is to be done before, unless policy or pauses change. `moment` is what is waited for; null when a pause holds it. */
  | { readonly kind: "wait"; readonly until: Instant; readonly moment: Instant | null }
  /** Moments that could not be armed any more: told, never merged in silence. */
  | ({ readonly kind: "missed" } & Gone)
  /** Moments that a pause held back. */
  | ({ readonly kind: "paused"; readonly pause: Pause } & Gone)
  /** No moment comes any more, or none within CRON_SEARCH_YEARS. */
  | { readonly kind: "none" };

/** Moments that went by, of one fate. */
export interface Gone {
  /** Oldest first; 1…MISSED_MAX. */
  readonly moments: readonly Instant[];
  /** How many more went by after those, up to `until`: counted, not named. */
  readonly more: number;
  /** The last of all of them: `last` of the next question, whose answer goes on from there. */
  readonly until: Instant;
}

/** What is asked. */
export interface Asked {
  /**
   * The last moment that was armed or told; for a policy that is new or was edited the instant of that, so that nothing before it was
   * ever due.
   */
  readonly last: Instant;
  readonly now: Instant;
  /** How long before its moment a run is begun, ms. */
  readonly leadMs: number;
  /** All there are, also those that are over while moments before their end may be untold. */
  readonly pauses: readonly Pause[];
}

/** Moments named at once at most. */
export const MISSED_MAX = 1000;
/** Moments counted at once at most, those named included. */
export const COUNTED_MAX = 20_000;

/**
 * What to do about a service's moments, now. Asked again and again, each time with the last moment that was answered, it gives every moment
 * of the policy exactly once and in order, whatever the instants at which it is asked. A moment in a blackout is none.
 * @throws CoevalError `bad-input` for a policy that check-policy.ts would have refused.
 */
export function due(service: Service, { last, now, leadMs, pauses }: Asked, calendar: Calendar): Due {
  const moments = momentsOf(service.policy, calendar);
  const first = moments.next(last);
  if (first === null) return { kind: "none" };
  const pause = pausedBy(pauses, service, first);
  if (first > now) {
    // A pause may yet end early, so a paused moment is told only when it is over.
    if (pause) return { kind: "wait", until: first, moment: null };
    if (first - leadMs <= now) return { kind: "arm", moment: first };
    return { kind: "wait", until: first - leadMs, moment: first };
  }
  const named: Instant[] = [];
  let more = 0;
  let until = first;
  for (let next: Instant | null = first; next !== null && next <= now; next = moments.next(next)) {
    if (named.length + more >= COUNTED_MAX || pausedBy(pauses, service, next) !== pause) break;
    if (named.length < MISSED_MAX) named.push(next);
    else more++;
    until = next;
  }
  const gone = { moments: named, more, until };
  return pause ? { kind: "paused", pause, ...gone } : { kind: "missed", ...gone };
}
