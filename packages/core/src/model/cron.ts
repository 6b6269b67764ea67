/** Cron expressions of five fields, as crontab(5) writes them: read into the sets of what matches, each wrong field named. */
import { CoevalError } from "../errors.ts";
import { civil, daysFromCivil, MS_PER_DAY } from "./civil.ts";

/** What an expression matches: local times of whole minutes. Lists ascend and are never empty. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** 1…31 and 1…12. */
  readonly days: readonly number[];
  readonly months: readonly number[];
  /** 0 is Sunday. */
  readonly weekdays: readonly number[];
  /** The hour is written with a star: it follows elapsed time when clocks change, see protect/cron-next.ts. */
  readonly everyHour: boolean;
  /** Day and weekday are both written without `*`: either one is enough. */
  readonly eitherDay: boolean;
}

/** Characters of an expression. */
export const CRON_CHARS_MAX = 200;
/**
 * Years in which a date must come to count as one that comes at all. The rarest that come at all, a 29 February, and the first of a
 * month on one weekday, stay away 8 and 12 years when a century is no leap year.
 */
export const CRON_SEARCH_YEARS = 20;

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const FIELDS = [
  { name: "minute", min: 0, max: 59, words: [] },
  { name: "hour", min: 0, max: 23, words: [] },
  { name: "day of month", min: 1, max: 31, words: [] },
  { name: "month", min: 1, max: 12, words: MONTHS },
  { name: "weekday", min: 0, max: 7, words: WEEKDAYS },
] as const satisfies readonly Field[];
const SHORTHANDS: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};
const MS_PER_MINUTE = 60_000;

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Words for min, min + 1 and so on. */
  readonly words: readonly string[];
}

/**
 * Reads `minute hour day-of-month month weekday`: `*`, numbers, names (`jan`, `mon`), `a-b`, lists, steps `a-b/n` and star/n; weekday 0 and 7
 * are Sunday.
 * @throws CoevalError `bad-input` naming the field, what stands there and what may.
 */
export function parseCron(text: string): Cron {
  if (text.length > CRON_CHARS_MAX)
    throw bad(text, `has ${text.length} characters; ${CRON_CHARS_MAX} at most`);
  const fields = text.trim().split(/[ \t]+/);
  const shorthand = SHORTHANDS[text.trim()];
  if (shorthand !== undefined) throw bad(text, `is a shorthand; write '${shorthand}'`);
  if (fields.length === 6)
    throw bad(text, "has 6 fields; seconds are none of them: use 'every' for moments below a minute");
  if (fields.length !== FIELDS.length)
    throw bad(text, `has ${fields.length} field(s); five are needed: minute hour day-of-month month weekday`);
  const [minutes, hours, days, months, weekdays] = FIELDS.map((field, index) =>
    readField(text, field, fields[index] ?? ""),
  ) as [number[], number[], number[], number[], number[]];
  const starred = (index: number) => fields[index]?.startsWith("*") === true;
  return {
    minutes,
    hours,
    days,
    months,
    weekdays: [...new Set(weekdays.map((day) => day % 7))].sort((a, b) => a - b),
    everyHour: starred(1),
    eitherDay: !starred(2) && !starred(4),
  };
}

/**
 * The first local time after another one that matches, or null when none comes within CRON_SEARCH_YEARS.
 * @param localMs local times here and there are ms since 1970-01-01T00:00 on the zone's own clocks.
 */
export function nextLocal(cron: Cron, localMs: number): number | null {
  const first = Math.floor(localMs / MS_PER_DAY);
  let [year, month] = civil(first);
  const lastYear = year + CRON_SEARCH_YEARS;
  let from = first;
  while (year <= lastYear) {
    const end = daysFromCivil(year, month + 1, 1);
    if (cron.months.includes(month))
      for (let day = from; day < end; day++) {
        if (!matchesDay(cron, day)) continue;
        const time = nextTime(cron, localMs - day * MS_PER_DAY);
        if (time !== null) return day * MS_PER_DAY + time;
      }
    from = end;
    [year, month] = civil(end);
  }
  return null;
}

/** True when a local time matches. */
export function matches(cron: Cron, localMs: number): boolean {
  return nextLocal(cron, localMs - 1) === localMs;
}

function matchesDay(cron: Cron, day: number): boolean {
  const [, month, date] = civil(day);
  if (!cron.months.includes(month)) return false;
  const onDate = cron.days.includes(date);
  const onWeekday = cron.weekdays.includes((((day + 4) % 7) + 7) % 7);
  return cron.eitherDay ? onDate || onWeekday : onDate && onWeekday;
}

/** The first matching time of day after `afterMs`, which may lie before the day. */
function nextTime(cron: Cron, afterMs: number): number | null {
  for (const hour of cron.hours) {
    if ((hour + 1) * 60 * MS_PER_MINUTE <= afterMs) continue;
    for (const minute of cron.minutes) {
      const time = (hour * 60 + minute) * MS_PER_MINUTE;
      if (time > afterMs) return time;
    }
  }
  return null;
}

function readField(text: string, field: Field, given: string): number[] {
  const values = new Set<number>();
  for (const part of given.split(",")) for (const value of readPart(text, field, part)) values.add(value);
  return [...values].sort((a, b) => a - b);
}

function readPart(text: string, field: Field, part: string): number[] {
  const { name, min, max } = field;
  const match = /^(?:\*|([a-z]+|\d{1,2})(?:-([a-z]+|\d{1,2}))?)(?:\/(\d{1,2}))?$/i.exec(part);
  const may = `${min} to ${max}${field.words.length > 0 ? `, ${field.words[0]} to ${field.words.at(-1)}` : ""}`;
  if (!match)
    throw bad(text, `has '${part.slice(0, 20)}' as ${name}; write *, ${may}, a-b, a,b or a step as */5`);
  const [, low, high, stepText] = match;
  const step = stepText === undefined ? 1 : Number(stepText);
  if (step < 1 || step > max) throw bad(text, `steps by ${step} in the ${name}; 1 to ${max} may stand there`);
  if (low !== undefined && high === undefined && stepText !== undefined)
    throw bad(text, `has '${part}' as ${name}; write '${low}-${max}/${step}'`);
  const numberOf = (word: string): number => {
    const named = field.words.indexOf(word.toLowerCase());
    const value = named >= 0 ? named + min : /^\d+$/.test(word) ? Number(word) : Number.NaN;
    if (!(value >= min && value <= max)) throw bad(text, `has '${word}' as ${name}; ${may} may stand there`);
    return value;
  };
  // 7 is Sunday again, so it is no part of `*`.
  const from = low === undefined ? min : numberOf(low);
  const to = high === undefined ? (low === undefined ? (max === 7 ? 6 : max) : from) : numberOf(high);
  if (from > to)
    throw bad(text, `has '${part}' as ${name}, which runs backwards; split it: ${low}-${max},${min}-${high}`);
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);
}

function bad(text: string, why: string): CoevalError {
  return new CoevalError("bad-input", `the cron expression '${text.slice(0, 60)}' ${why}`);
}
