/** The calendar on the time zones that Node carries (ICU), through Temporal. */
import type { Instant } from "@coeval/core/model/instant";
import type { Calendar, Stretch } from "@coeval/core/ports/calendar";

/** Stretches kept, so that a schedule asks Temporal twice a year and not at every step. */
const KEPT_MAX = 4096;
/** Names that the database has and `Intl` does not list, because it lists each zone under its first name. */
const RENAMED = [
  "UTC",
  "America/Argentina/Buenos_Aires",
  "Asia/Ho_Chi_Minh",
  "Asia/Kathmandu",
  "Asia/Kolkata",
  "Asia/Yangon",
  "Europe/Kyiv",
];

export function createCalendar(): Calendar {
  const names = new Map<string, boolean>();
  const kept = new Map<string, Stretch[]>();
  let count = 0;

  function knows(zone: string): boolean {
    const known = names.get(zone);
    if (known !== undefined) return known;
    if (names.size >= KEPT_MAX) names.clear();
    const found = isZone(zone);
    names.set(zone, found);
    return found;
  }

  return {
    stretch(zone, instant) {
      if (!knows(zone)) return null;
      const known = kept.get(zone)?.find((one) => holds(one, instant));
      if (known) return known;
      if (count >= KEPT_MAX) {
        kept.clear();
        count = 0;
      }
      const stretch = stretchOf(zone, instant);
      const others = kept.get(zone) ?? [];
      kept.set(zone, [...others, stretch]);
      count++;
      return stretch;
    },
    zones: () => [...new Set([...RENAMED, ...Intl.supportedValuesOf("timeZone")])],
  };
}

function holds({ from, until }: Stretch, instant: Instant): boolean {
  return (from === null || from <= instant) && (until === null || instant < until);
}

function stretchOf(zone: string, instant: Instant): Stretch {
  const then = Temporal.Instant.fromEpochMilliseconds(Math.floor(instant)).toZonedDateTimeISO(zone);
  // A change at this very instant belongs to the stretch, and `previous` looks strictly before.
  const from = then.add({ milliseconds: 1 }).getTimeZoneTransition("previous");
  const until = then.getTimeZoneTransition("next");
  return {
    offsetMs: then.offsetNanoseconds / 1_000_000,
    from: from?.epochMilliseconds ?? null,
    until: until?.epochMilliseconds ?? null,
  };
}

/** Spelt as the database spells it; `+01:00` is an offset and knows no daylight saving. */
function isZone(name: string): boolean {
  if (!/^[A-Z]/i.test(name)) return false;
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId === name;
  } catch (thrown) {
    if (thrown instanceof RangeError) return false;
    throw thrown;
  }
}
