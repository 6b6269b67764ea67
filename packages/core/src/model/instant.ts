/** Instants on the one clock, as ms since 1970-01-01T00:00:00Z; written and read as ISO 8601 in UTC. */
import { CoevalError } from "../errors.ts";
import { civil, daysFromCivil, MS_PER_DAY } from "./civil.ts";

/** An instant in ms since the epoch, UTC. Moments are whole ms; receipts may carry fractions. */
export type Instant = number;

const PATTERN = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,3}))?(Z|[+-]\d{2}:\d{2})$/;
/** 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z: what four digits of a year can write. */
const INSTANT_MIN = -62_167_219_200_000;
const INSTANT_MAX = 253_402_300_799_999;

/** The instant as `2026-11-21T10:31:41.007Z`; fractions of a ms are dropped. Bounds: years 0000 to 9999. */
export function formatInstant(instant: Instant): string {
  const days = Math.floor(instant / MS_PER_DAY);
  let rest = Math.floor(instant - days * MS_PER_DAY);
  const ms = rest % 1000;
  rest = (rest - ms) / 1000;
  const [year, month, day] = civil(days);
  const time = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60]
    .map((n) => pad(n, 2))
    .join(":");
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${time}.${pad(ms, 3)}Z`;
}

/**
 * Reads `2026-11-21T10:31:41[.007](Z|+01:00)`.
 * @throws CoevalError `bad-instant` naming the text, also for dates that do not exist and instants beyond formatInstant's bounds.
 */
export function parseInstant(text: string): Instant {
  const match = PATTERN.exec(text);
  if (!match) throw badInstant(text);
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const ms = Number((match[7] ?? "0").padEnd(3, "0"));
  const days = daysFromCivil(year, month, day);
  const [y, m, d] = civil(days);
  if (y !== year || m !== month || d !== day || hour > 23 || minute > 59 || second > 59)
    throw badInstant(text);
  const offset = zoneOffsetMs(match[8] as string);
  if (offset === null) throw badInstant(text);
  const instant = days * MS_PER_DAY + ((hour * 60 + minute) * 60 + second) * 1000 + ms - offset;
  // An offset can lead out of the years that can be written again.
  if (instant < INSTANT_MIN || instant > INSTANT_MAX) throw badInstant(text);
  return instant;
}

/** A date and a time of day, and no word on whose. */
const LOCAL_PATTERN = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/;

function zoneOffsetMs(zone: string): number | null {
  if (zone === "Z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 14 || minutes > 59) return null;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, "0");
}

function badInstant(text: string): CoevalError {
  const shown = text.slice(0, 60);
  const fix = LOCAL_PATTERN.test(text)
    ? "without Z or an offset it may be several, or none where clocks are changed; write the one that is meant, as 2026-11-21T10:31:41+01:00"
    : "write it as 2026-11-21T10:31:41.000Z, or with an offset as +01:00";
  return new CoevalError("bad-instant", `'${shown}' is no instant: ${fix}`);
}
