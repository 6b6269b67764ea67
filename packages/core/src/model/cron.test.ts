import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CoevalError } from "../errors.ts";
import { matches, nextLocal, parseCron } from "./cron.ts";
import { formatInstant, parseInstant } from "./instant.ts";

test("five fields are read: stars, numbers, names, ranges, lists, steps", () => {
  const cron = parseCron(" 0,30  8-18/5 1,15 JAN-mar mon-FRI ");
  assert.deepEqual(cron, {
    minutes: [0, 30],
    hours: [8, 13, 18],
    days: [1, 15],
    months: [1, 2, 3],
    weekdays: [1, 2, 3, 4, 5],
    everyHour: false,
    eitherDay: true,
  });
  const star = parseCron("*/20 */6 * * *");
  assert.deepEqual([star.minutes, star.hours, star.everyHour], [[0, 20, 40], [0, 6, 12, 18], true]);
  assert.equal(star.days.length + star.months.length + star.weekdays.length, 31 + 12 + 7);
  assert.deepEqual(parseCron("0 0 * * 5-7").weekdays, [0, 5, 6], "7 is Sunday as well");
  assert.deepEqual(parseCron("0 0 * * sun,0,7").weekdays, [0]);
});

test("what is wrong is told with its field, and with what to write instead", () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ["", /'' has 1 field\(s\); five are needed: minute hour day-of-month month weekday/],
    ["0 2 * *", /has 4 field/],
    ["0 0 2 * * *", /has 6 fields; seconds are none of them: use 'every'/],
    ["@daily", /is a shorthand; write '0 0 \* \* \*'/],
    ["60 * * * *", /has '60' as minute; 0 to 59 may stand there/],
    ["0 24 * * *", /has '24' as hour; 0 to 23/],
    ["0 0 0 * *", /has '0' as day of month; 1 to 31/],
    ["0 0 1 13 *", /has '13' as month; 1 to 12, jan to dec/],
    ["0 0 * * 8", /has '8' as weekday; 0 to 7, sun to sat/],
    ["0 0 * mon *", /has 'mon' as month/],
    ["0 0 L * *", /has 'L' as day of month/],
    ["0 0 ? * *", /has '\?' as day of month; write \*/],
    ["0 22-6 * * *", /has '22-6' as hour, which runs backwards; split it: 22-23,0-6/],
    ["5/10 * * * *", /has '5\/10' as minute; write '5-59\/10'/],
    ["*/0 * * * *", /steps by 0 in the minute; 1 to 59/],
    ["*/60 * * * *", /steps by 60/],
    ["1,,2 * * * *", /has '' as minute/],
    ["-1 * * * *", /has '-1' as minute/],
    ["1.5 * * * *", /has '1.5' as minute/],
    ["0 0 * * 1#2", /has '1#2' as weekday/],
    ["0 0 * * __proto__", /as weekday/],
    ["9".repeat(201), /has 201 characters; 200 at most/],
  ];
  for (const [text, why] of refused)
    assert.throws(
      () => parseCron(text),
      (thrown) => thrown instanceof CoevalError && thrown.code === "bad-input" && why.test(thrown.message),
      text,
    );
});

test("whatever is entered is read or refused by name, never by accident", () => {
  const word = fc.constantFrom("*", "1", "7", "59", "mon", "feb", "-", "/", ",", " ", "0", "31", "x", "\t");
  fc.assert(
    fc.property(fc.array(word, { maxLength: 20 }), (words) => {
      try {
        parseCron(words.join(""));
      } catch (thrown) {
        assert.ok(thrown instanceof CoevalError && thrown.code === "bad-input", String(thrown));
      }
    }),
    { seed: 4, numRuns: 2000 },
  );
});

const after = (text: string, from: string): string => {
  const next = nextLocal(parseCron(text), parseInstant(from));
  return next === null ? "never" : formatInstant(next).slice(0, 16);
};

test("dates are found: leap years, ends of months, day or weekday", () => {
  assert.equal(after("0 2 * * *", "2026-11-21T01:59:59.999Z"), "2026-11-21T02:00");
  assert.equal(after("0 2 * * *", "2026-11-21T02:00:00Z"), "2026-11-22T02:00");
  assert.equal(after("59 23 31 12 *", "2026-12-31T23:59:00Z"), "2027-12-31T23:59");
  assert.equal(after("0 0 29 2 *", "2026-01-01T00:00:00Z"), "2028-02-29T00:00");
  assert.equal(after("0 0 29 2 *", "2096-03-01T00:00:00Z"), "2104-02-29T00:00", "2100 is no leap year");
  assert.equal(after("0 0 31 * *", "2026-03-31T00:00:00Z"), "2026-05-31T00:00");
  assert.equal(after("0 0 13 * 5", "2026-11-01T00:00:00Z"), "2026-11-06T00:00", "the 13th or a Friday");
  assert.equal(after("0 0 */1 2 5", "2026-11-01T00:00:00Z"), "2027-02-05T00:00", "with a star: both");
});

test("what never comes is told so, after a bounded search", () => {
  for (const never of ["0 0 30 2 *", "0 0 31 4,6,9,11 *", "0 0 30-31 feb *"])
    assert.equal(after(never, "2026-11-21T00:00:00Z"), "never");
});

test("the next local time is the first that matches, counted minute by minute", () => {
  const field = (max: number) =>
    fc.oneof(
      fc.constant("*"),
      fc.integer({ min: 2, max }).map((n) => `*/${n}`),
      fc.integer({ min: 1, max }).map(String),
    );
  fc.assert(
    fc.property(
      field(59),
      field(23),
      field(28),
      field(6),
      fc.integer({ min: 0, max: 400_000 }),
      (m, h, d, w, at) => {
        const cron = parseCron(`${m} ${h} ${d} * ${w}`);
        const start = at * 60_000;
        const next = nextLocal(cron, start);
        assert.ok(next !== null && next > start && matches(cron, next));
        for (let minute = start + 60_000; minute < next && minute < start + 3_000 * 60_000; minute += 60_000)
          assert.ok(!matchesByFields(cron, minute), formatInstant(minute));
        assert.ok(matchesByFields(cron, next));
      },
    ),
    { seed: 5, numRuns: 100 },
  );
});

/** By the text of the instant, which is made by other code. */
function matchesByFields(cron: ReturnType<typeof parseCron>, local: number): boolean {
  const [, month, day, hour, minute] = (/^\d+-(\d+)-(\d+)T(\d+):(\d+)/.exec(formatInstant(local)) ?? []).map(
    Number,
  );
  const weekday = (Math.floor(local / 86_400_000) + 4) % 7;
  const onDay = cron.days.includes(day ?? -1);
  const onWeekday = cron.weekdays.includes(weekday);
  return (
    cron.minutes.includes(minute ?? -1) &&
    cron.hours.includes(hour ?? -1) &&
    cron.months.includes(month ?? -1) &&
    (cron.eitherDay ? onDay || onWeekday : onDay && onWeekday)
  );
}
