/**
 * The next instant of a cron expression in a time zone. Where the zone's clocks change, the hour decides, as in Debian's cron:
 * - an hour written with a star follows elapsed time: local times that are skipped give no moment, those that come twice give two;
 * - any other hour means a time of day, which comes once a day: all times that are skipped are taken together at the instant of the
 *   change (02:30 on the day when 02:00 becomes 03:00 is taken at 03:00), of those that come twice only the first.
 */
import { type Cron, nextLocal } from "../model/cron.ts";
import type { Instant } from "../model/instant.ts";
import { stretchAt } from "../model/zone.ts";
import type { Calendar, Stretch } from "../ports/calendar.ts";

/** Changes of clocks that are looked beyond: more than four a year, in all years of CRON_SEARCH_YEARS. */
const STRETCHES_MAX = 100;

/**
 * The first instant after another one; null when none comes within CRON_SEARCH_YEARS.
 * @throws CoevalError `bad-input` for a zone that is not known.
 */
export function cronNext(cron: Cron, zone: string, after: Instant, calendar: Calendar): Instant | null {
  let here = stretchAt(calendar, zone, after);
  let last = after;
  for (let stretches = 0; stretches < STRETCHES_MAX; stretches++) {
    const before = stretchBefore(here, zone, calendar);
    if (!cron.everyHour && before !== null && last < (here.from ?? last)) {
      // `last` is the instant before the change: the times that the change skips are looked at first.
      const skipped = nextLocal(cron, last + before.offsetMs);
      if (skipped !== null && skipped < last + 1 + here.offsetMs) return last + 1;
    }
    const seen = cron.everyHour || before === null ? last : Math.max(last, againUntil(here, before) - 1);
    const local = nextLocal(cron, seen + here.offsetMs);
    if (local === null) return null;
    const instant = local - here.offsetMs;
    if (here.until === null || instant < here.until) return instant;
    last = here.until - 1;
    here = stretchAt(calendar, zone, here.until);
  }
  return null;
}

/** How a local time came about, for people. */
export type Occurrence =
  | "once"
  /** The clocks show it twice; this is the first or the second of them. */
  | "first"
  | "second"
  /** It is the instant of a change, taken for a time that the change skips. */
  | "skipped";

/** How the local time of an instant comes about in its zone; `skipped` can only be told by who knows the time that was meant. */
export function occurrenceOf(zone: string, instant: Instant, calendar: Calendar): Occurrence {
  const here = stretchAt(calendar, zone, instant);
  const before = stretchBefore(here, zone, calendar);
  if (before !== null && instant < againUntil(here, before)) return "second";
  if (here.until === null) return "once";
  const next = stretchAt(calendar, zone, here.until);
  return instant >= here.until - (here.offsetMs - next.offsetMs) ? "first" : "once";
}

function stretchBefore(here: Stretch, zone: string, calendar: Calendar): Stretch | null {
  return here.from === null ? null : stretchAt(calendar, zone, here.from - 1);
}

/** Until when the clocks show times of the stretch before again; the stretch's own begin when they show none. */
function againUntil(here: Stretch, before: Stretch): Instant {
  return (here.from ?? 0) + Math.max(0, before.offsetMs - here.offsetMs);
}
