// Zones as Node carries them: where clocks change, what a schedule makes of it, and that a library reads schedules likewise.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCron } from "@coeval/core/model/cron";
import { formatInstant, parseInstant } from "@coeval/core/model/instant";
import { cronNext } from "@coeval/core/protect/cron-next";
import { preview } from "@coeval/core/protect/preview";
import { Cron } from "croner";
import fc from "fast-check";
import { createCalendar } from "./calendar.ts";

const calendar = createCalendar();

/** The next moments as the zone's clocks show them, with their offset. */
function shown(cron: string, zone: string, from: string, count: number): string[] {
  const moments = [{ kind: "cron", cron, zone } as const];
  return preview({ moments, blackout: [] }, parseInstant(from), count, calendar).map(
    ({ local, occurrence }) =>
      `${local.replace(":00.000", "")}${occurrence === "once" ? "" : ` ${occurrence}`}`,
  );
}

test("zones are known as the database spells them, and nothing else is", () => {
  for (const zone of [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Asia/Calcutta",
  ])
    assert.ok(calendar.stretch(zone, 0), zone);
  for (const zone of [
    "",
    "Mars/Base",
    "europe/berlin",
    "+01:00",
    "Z",
    "Europe/Berlin ",
    "[UTC]",
    "UTC[u-ca=iso8601]",
  ])
    assert.equal(calendar.stretch(zone, 0), null, zone);
  for (const zone of ["UTC", "Asia/Kolkata", "Europe/Berlin"]) assert.ok(calendar.zones().includes(zone));
});

test("a stretch begins and ends at the changes of the clocks", () => {
  const winter = calendar.stretch("Europe/Berlin", parseInstant("2026-01-01T00:00:00Z"));
  assert.deepEqual(winter, {
    offsetMs: 3_600_000,
    from: parseInstant("2025-10-26T01:00:00Z"),
    until: parseInstant("2026-03-29T01:00:00Z"),
  });
  assert.equal(calendar.stretch("Europe/Berlin", parseInstant("2026-03-29T00:59:59.999Z")), winter);
  const summer = calendar.stretch("Europe/Berlin", parseInstant("2026-03-29T01:00:00Z"));
  assert.deepEqual([summer?.offsetMs, summer?.from], [7_200_000, winter?.until]);
  assert.deepEqual(calendar.stretch("UTC", 0), { offsetMs: 0, from: null, until: null });
  assert.equal(calendar.stretch("Asia/Kolkata", parseInstant("2026-01-01T00:00:00Z"))?.until, null);
});

test("Berlin: 02:00 to 03:00 is skipped in spring and comes twice in autumn", () => {
  const zone = "Europe/Berlin";
  assert.deepEqual(shown("30 2 * * *", zone, "2026-03-28T02:00:00Z", 2), [
    "2026-03-29T03:00+02:00 skipped",
    "2026-03-30T02:30+02:00",
  ]);
  assert.deepEqual(shown("0,20,40 2,3 * * *", zone, "2026-03-29T00:00:00Z", 3), [
    "2026-03-29T03:00+02:00",
    "2026-03-29T03:20+02:00",
    "2026-03-29T03:40+02:00",
  ]);
  assert.deepEqual(shown("30 2 * * *", zone, "2026-10-24T12:00:00Z", 2), [
    "2026-10-25T02:30+02:00 first",
    "2026-10-26T02:30+01:00",
  ]);
  assert.deepEqual(shown("*/30 * * * *", zone, "2026-10-25T00:00:00Z", 4), [
    "2026-10-25T02:30+02:00 first",
    "2026-10-25T02:00+01:00 second",
    "2026-10-25T02:30+01:00 second",
    "2026-10-25T03:00+01:00",
  ]);
});

test("New York: the same, three weeks earlier and a week later", () => {
  const zone = "America/New_York";
  assert.deepEqual(shown("15 2 * * *", zone, "2026-03-07T12:00:00Z", 2), [
    "2026-03-08T03:00-04:00 skipped",
    "2026-03-09T02:15-04:00",
  ]);
  assert.deepEqual(shown("15 1 * * *", zone, "2026-10-31T12:00:00Z", 2), [
    "2026-11-01T01:15-04:00 first",
    "2026-11-02T01:15-05:00",
  ]);
  assert.deepEqual(shown("15 * * * *", zone, "2026-11-01T05:00:00Z", 3), [
    "2026-11-01T01:15-04:00 first",
    "2026-11-01T01:15-05:00 second",
    "2026-11-01T02:15-05:00",
  ]);
});

test("Lord Howe: the clocks change by half an hour", () => {
  const zone = "Australia/Lord_Howe";
  assert.deepEqual(shown("15 2 * * *", zone, "2026-10-03T00:00:00Z", 2), [
    "2026-10-04T02:30+11:00 skipped",
    "2026-10-05T02:15+11:00",
  ]);
  assert.deepEqual(shown("30 2 * * *", zone, "2026-10-03T00:00:00Z", 1), ["2026-10-04T02:30+11:00"]);
  assert.deepEqual(shown("45 1 * * *", zone, "2026-04-04T00:00:00Z", 2), [
    "2026-04-05T01:45+11:00 first",
    "2026-04-06T01:45+10:30",
  ]);
  assert.deepEqual(shown("*/15 * * * *", zone, "2026-04-04T14:30:00Z", 4), [
    "2026-04-05T01:45+11:00 first",
    "2026-04-05T01:30+10:30 second",
    "2026-04-05T01:45+10:30 second",
    "2026-04-05T02:00+10:30",
  ]);
});

test("Kolkata and UTC: the clocks never change", () => {
  assert.deepEqual(shown("30 2 * * *", "Asia/Kolkata", "2026-03-28T00:00:00Z", 2), [
    "2026-03-29T02:30+05:30",
    "2026-03-30T02:30+05:30",
  ]);
  assert.deepEqual(shown("30 2 * * *", "UTC", "2026-03-28T02:30:00Z", 2), [
    "2026-03-29T02:30+00:00",
    "2026-03-30T02:30+00:00",
  ]);
});

test("a day that a zone skipped whole is made good at its end, the first time of the next", () => {
  // Samoa went over the date line: 2011-12-29 was followed by 2011-12-31.
  assert.deepEqual(shown("30 12 * * *", "Pacific/Apia", "2011-12-29T00:00:00Z", 3), [
    "2011-12-29T12:30-10:00",
    "2011-12-31T00:00+14:00 skipped",
    "2011-12-31T12:30+14:00",
  ]);
});

test("an expression that never comes is found out, in every zone", () => {
  for (const zone of ["UTC", "Europe/Berlin", "Australia/Lord_Howe"])
    assert.equal(
      cronNext(parseCron("0 0 30 2 *"), zone, parseInstant("2026-11-21T00:00:00Z"), calendar),
      null,
    );
});

test("croner gives the same instants, away from the changes of clocks", () => {
  const field = (min: number, max: number) =>
    fc.oneof(
      fc.constant("*"),
      fc.integer({ min: 2, max: 20 }).map((n) => `*/${Math.min(n, max)}`),
      fc.integer({ min, max }).map(String),
      fc
        .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
        .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
      fc.uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: 4 }).map((list) => list.join(",")),
    );
  // croner joins a starred step of days and a weekday by "or", so one of the two is a plain star here.
  const days = fc.oneof(
    field(1, 28).map((day) => [day, "*"] as const),
    field(0, 6).map((weekday) => ["*", weekday] as const),
  );
  fc.assert(
    fc.property(
      fc
        .tuple(field(0, 59), field(0, 23), days, field(1, 12))
        .map(([minute, hour, [day, weekday], month]) => `${minute} ${hour} ${day} ${month} ${weekday}`),
      fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"),
      fc.integer({ min: 0, max: 700 }),
      (text, zone, day) => {
        const from = parseInstant("2026-01-15T00:07:00Z") + day * 86_400_000;
        const theirs = new Cron(text, { timezone: zone, mode: "5-part" }).nextRun(new Date(from));
        const ours = cronNext(parseCron(text), zone, from, calendar);
        if (ours !== null && isNearChange(zone, ours)) return;
        assert.equal(
          ours === null ? null : formatInstant(ours),
          theirs?.toISOString() ?? null,
          `${text} ${zone}`,
        );
      },
    ),
    { seed: 6, numRuns: 1000 },
  );
});

const DAY_MS = 86_400_000;

function isNearChange(zone: string, instant: number): boolean {
  const before = calendar.stretch(zone, instant - DAY_MS);
  return before !== calendar.stretch(zone, instant + DAY_MS);
}
