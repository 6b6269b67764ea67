/** Names of time zones, judged and mended, and local time told. */
import { CoevalError } from "../errors.ts";
import type { Calendar, Stretch } from "../ports/calendar.ts";
import type { Instant } from "./instant.ts";
import { formatInstant } from "./instant.ts";
import { nearMiss } from "./near-miss.ts";

/** Characters of a zone's name; the longest of the database has 30. */
export const ZONE_CHARS_MAX = 64;

/** Judges a zone's name. @throws CoevalError `bad-input` for a zone that the calendar does not know, with the one that was probably meant. */
export function checkZone(zone: string, calendar: Calendar): void {
  if (zone.length <= ZONE_CHARS_MAX && calendar.stretch(zone, 0) !== null) return;
  const meant = meantZone(zone, calendar.zones());
  const fix = meant === null ? "write it as Europe/Berlin, or UTC" : `did you mean '${meant}'?`;
  throw new CoevalError("bad-input", `there is no time zone '${zone.slice(0, ZONE_CHARS_MAX)}'; ${fix}`);
}

/** The stretch at an instant. @throws CoevalError `bad-input` for a zone that is not known. */
export function stretchAt(calendar: Calendar, zone: string, instant: Instant): Stretch {
  const stretch = calendar.stretch(zone, instant);
  if (stretch === null) checkZone(zone, calendar);
  return stretch as Stretch;
}

/** Local time with its offset and without the zone's name: `2026-03-29T03:00:00.000+02:00`. */
export function formatLocal(instant: Instant, zone: string, calendar: Calendar): string {
  const { offsetMs } = stretchAt(calendar, zone, instant);
  const minutes = Math.abs(Math.round(offsetMs / 60_000));
  const hhmm = [Math.floor(minutes / 60), minutes % 60].map((n) => String(n).padStart(2, "0")).join(":");
  return formatInstant(instant + offsetMs).replace("Z", `${offsetMs < 0 ? "-" : "+"}${hhmm}`);
}

/** By a slip of the keys, or by the city alone. */
function meantZone(zone: string, known: readonly string[]): string | null {
  const city = cityOf(zone);
  const near = nearMiss(zone, known);
  if (near !== null || city.length < 3) return near;
  const same = known.find((name) => cityOf(name) === city);
  if (same !== undefined) return same;
  const nearCity = nearMiss(city, known.map(cityOf));
  return known.find((name) => cityOf(name) === nearCity) ?? null;
}

function cityOf(zone: string): string {
  return zone
    .slice(zone.lastIndexOf("/") + 1)
    .toLowerCase()
    .replaceAll(/[ -]/g, "_");
}
