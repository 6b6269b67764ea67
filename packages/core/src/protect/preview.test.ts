import assert from "node:assert/strict";
import { test } from "node:test";
import { formatInstant, parseInstant } from "../model/instant.ts";
import { type Blackout, type MomentRule, WEEKDAYS } from "../model/policy.ts";
import { createFakeCalendar } from "../testing/fake-calendar.ts";
import { berlin2026 } from "../testing/services.ts";
import { PREVIEW_MAX, preview } from "./preview.ts";

const calendar = createFakeCalendar({ "Europe/Berlin": berlin2026 });

function shown(
  moments: readonly MomentRule[],
  from: string,
  count: number,
  blackout: readonly Blackout[] = [],
) {
  return preview({ moments, blackout }, parseInstant(from), count, calendar).map(
    ({ moment, local, zone, occurrence, blackedOut }) =>
      `${formatInstant(moment)} ${local} ${zone} ${occurrence}${blackedOut ? " blacked out" : ""}`,
  );
}

const cron = (text: string, zone = "Europe/Berlin"): MomentRule => ({ kind: "cron", cron: text, zone });

test("a time of day that the clocks skip is taken when they leap, once", () => {
  assert.deepEqual(shown([cron("30 2 * * *")], "2026-03-27T12:00:00Z", 3), [
    "2026-03-28T01:30:00.000Z 2026-03-28T02:30:00.000+01:00 Europe/Berlin once",
    "2026-03-29T01:00:00.000Z 2026-03-29T03:00:00.000+02:00 Europe/Berlin skipped",
    "2026-03-30T00:30:00.000Z 2026-03-30T02:30:00.000+02:00 Europe/Berlin once",
  ]);
});

test("a time of day that the clocks show twice is taken the first time, once", () => {
  assert.deepEqual(shown([cron("30 2 * * *")], "2026-10-24T12:00:00Z", 2), [
    "2026-10-25T00:30:00.000Z 2026-10-25T02:30:00.000+02:00 Europe/Berlin first",
    "2026-10-26T01:30:00.000Z 2026-10-26T02:30:00.000+01:00 Europe/Berlin once",
  ]);
});

test("every hour stays every hour, whatever the clocks show", () => {
  assert.deepEqual(shown([cron("30 * * * *")], "2026-10-25T00:00:00Z", 3), [
    "2026-10-25T00:30:00.000Z 2026-10-25T02:30:00.000+02:00 Europe/Berlin first",
    "2026-10-25T01:30:00.000Z 2026-10-25T02:30:00.000+01:00 Europe/Berlin second",
    "2026-10-25T02:30:00.000Z 2026-10-25T03:30:00.000+01:00 Europe/Berlin once",
  ]);
  assert.deepEqual(
    preview(
      { moments: [cron("30 * * * *")], blackout: [] },
      parseInstant("2026-03-29T00:00:00Z"),
      3,
      calendar,
    ).map(({ moment }) => formatInstant(moment).slice(11, 16)),
    ["00:30", "01:30", "02:30"],
  );
});

test("moments in a blackout are shown as such; rules without a zone are shown in UTC", () => {
  const night: Blackout = { fromMinute: 0, toMinute: 60, days: WEEKDAYS, zone: "UTC" };
  const rules: MomentRule[] = [
    { kind: "every", everyMs: 3_600_000, anchor: null },
    { kind: "at", at: parseInstant("2026-11-21T00:20:00Z") },
  ];
  assert.deepEqual(shown(rules, "2026-11-20T23:00:00Z", 3, [night]), [
    "2026-11-21T00:00:00.000Z 2026-11-21T00:00:00.000+00:00 UTC once blacked out",
    "2026-11-21T00:20:00.000Z 2026-11-21T00:20:00.000+00:00 UTC once blacked out",
    "2026-11-21T01:00:00.000Z 2026-11-21T01:00:00.000+00:00 UTC once",
  ]);
});

test("it is bounded, and ends where the moments end", () => {
  const each: MomentRule = { kind: "every", everyMs: 1000, anchor: null };
  assert.equal(shown([each], "2026-11-21T00:00:00Z", 1e9).length, PREVIEW_MAX);
  assert.deepEqual(shown([], "2026-11-21T00:00:00Z", 5), []);
  assert.equal(
    shown([{ kind: "at", at: parseInstant("2026-11-22T00:00:00Z") }], "2026-11-21T00:00:00Z", 5).length,
    1,
  );
});
