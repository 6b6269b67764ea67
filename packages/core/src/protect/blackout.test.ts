import assert from "node:assert/strict";
import { test } from "node:test";
import { formatInstant, parseInstant } from "../model/instant.ts";
import { type Blackout, WEEKDAYS } from "../model/policy.ts";
import { createFakeCalendar } from "../testing/fake-calendar.ts";
import { berlin2026 } from "../testing/services.ts";
import { blackedOutUntil } from "./blackout.ts";

const calendar = createFakeCalendar({ "Europe/Berlin": berlin2026 });

function until(blackout: Partial<Blackout>, instant: string): string | null {
  const whole = { fromMinute: 480, toMinute: 1080, days: WEEKDAYS, zone: "UTC", ...blackout };
  const end = blackedOutUntil([whole], parseInstant(instant), calendar);
  return end === null ? null : formatInstant(end);
}

test("a window holds from its first minute to the instant before its end", () => {
  assert.equal(until({}, "2026-11-21T07:59:59.999Z"), null);
  assert.equal(until({}, "2026-11-21T08:00:00Z"), "2026-11-21T18:00:00.000Z");
  assert.equal(until({}, "2026-11-21T17:59:59.999Z"), "2026-11-21T18:00:00.000Z");
  assert.equal(until({}, "2026-11-21T18:00:00Z"), null);
});

test("a window over midnight belongs to the day on which it begins", () => {
  // 2026-11-20 is a Friday.
  const night = { fromMinute: 1320, toMinute: 360, days: ["fri"] } as const;
  assert.equal(until(night, "2026-11-20T21:59:00Z"), null);
  assert.equal(until(night, "2026-11-20T22:00:00Z"), "2026-11-21T06:00:00.000Z");
  assert.equal(until(night, "2026-11-21T05:59:00Z"), "2026-11-21T06:00:00.000Z");
  assert.equal(until(night, "2026-11-21T06:00:00Z"), null);
  assert.equal(until(night, "2026-11-21T22:00:00Z"), null);
  assert.equal(until(night, "2026-11-20T05:00:00Z"), null);
});

test("a whole day is one from 00:00 to 24:00", () => {
  const sunday = { fromMinute: 0, toMinute: 1440, days: ["sun"] } as const;
  assert.equal(until(sunday, "2026-11-21T23:59:59.999Z"), null);
  assert.equal(until(sunday, "2026-11-22T00:00:00Z"), "2026-11-23T00:00:00.000Z");
  assert.equal(until(sunday, "2026-11-23T00:00:00Z"), null);
});

test("what the zone's clocks show decides, also when they change within the window", () => {
  const berlin = { fromMinute: 60, toMinute: 240, zone: "Europe/Berlin" };
  assert.equal(until(berlin, "2026-03-28T00:00:00Z"), "2026-03-28T03:00:00.000Z");
  // An hour is missing: 01:00 to 04:00 takes two, told as far as the change and from there on.
  assert.equal(until(berlin, "2026-03-29T00:00:00Z"), "2026-03-29T01:00:00.000Z");
  assert.equal(until(berlin, "2026-03-29T01:00:00Z"), "2026-03-29T02:00:00.000Z");
  assert.equal(until(berlin, "2026-03-29T02:00:00Z"), null);
  // An hour comes twice: 01:00 to 04:00 takes four.
  assert.equal(until(berlin, "2026-10-24T23:00:00Z"), "2026-10-25T01:00:00.000Z");
  assert.equal(until(berlin, "2026-10-25T02:59:59.999Z"), "2026-10-25T03:00:00.000Z");
  assert.equal(until(berlin, "2026-10-25T03:00:00Z"), null);
});

test("of several windows the one that lasts longest counts", () => {
  const window = (fromMinute: number, toMinute: number): Blackout => ({
    fromMinute,
    toMinute,
    days: WEEKDAYS,
    zone: "UTC",
  });
  const both = [window(0, 120), window(60, 180)];
  assert.equal(blackedOutUntil(both, 90 * 60_000, calendar), 180 * 60_000);
  assert.equal(blackedOutUntil(both, 30 * 60_000, calendar), 120 * 60_000);
});
