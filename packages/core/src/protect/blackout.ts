/** Blackouts: windows of local time in which no moment is due. Clocks that change are followed: what they show decides. */
import type { Instant } from "../model/instant.ts";
import { MS_PER_DAY } from "../model/civil.ts";
import { type Blackout, WEEKDAYS } from "../model/policy.ts";
import { stretchAt } from "../model/zone.ts";
import type { Calendar } from "../ports/calendar.ts";

const MS_PER_MINUTE = 60_000;

/**
 * Until when an instant is blacked out for certain: another blackout, or the same one, may hold then again. Null: it is in none.
 * @throws CoevalError `bad-input` for a zone that is not known.
 */
export function blackedOutUntil(
  blackouts: readonly Blackout[],
  instant: Instant,
  calendar: Calendar,
): Instant | null {
  let latest: Instant | null = null;
  for (const blackout of blackouts) {
    const end = endOf(blackout, instant, calendar);
    if (end !== null && (latest === null || end > latest)) latest = end;
  }
  return latest;
}

function endOf(blackout: Blackout, instant: Instant, calendar: Calendar): Instant | null {
  const { offsetMs, until } = stretchAt(calendar, blackout.zone, instant);
  const local = instant + offsetMs;
  const day = Math.floor(local / MS_PER_DAY);
  const from = blackout.fromMinute * MS_PER_MINUTE;
  const to = blackout.toMinute * MS_PER_MINUTE;
  const lastsMs = to > from ? to - from : to - from + MS_PER_DAY;
  // It may have begun today or yesterday.
  for (const begun of [day, day - 1]) {
    const begin = begun * MS_PER_DAY + from;
    if (!beginsOn(blackout, begun) || local < begin || local >= begin + lastsMs) continue;
    const end = begin + lastsMs - offsetMs;
    return until === null || end <= until ? end : until;
  }
  return null;
}

function beginsOn({ days }: Blackout, day: number): boolean {
  // 1970-01-01 was a Thursday.
  const weekday = WEEKDAYS[(((day + 3) % 7) + 7) % 7];
  return weekday !== undefined && days.includes(weekday);
}
