import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Cron, matches, parseCron } from "../model/cron.ts";
import { parseInstant, type Instant } from "../model/instant.ts";
import { isPaused, type Pause } from "../model/pause.ts";
import { type Blackout, type MomentRule, WEEKDAYS } from "../model/policy.ts";
import { createFakeCalendar } from "../testing/fake-calendar.ts";
import { berlin2026, serviceWith } from "../testing/services.ts";
import { COUNTED_MAX, due, MISSED_MAX } from "./policy.ts";

const calendar = createFakeCalendar({ "Europe/Berlin": berlin2026 });
const at = (instant: Instant): MomentRule => ({ kind: "at", at: instant });
const every = (everyMs: number, anchor: Instant | null = null): MomentRule => ({
  kind: "every",
  everyMs,
  anchor,
});

function ask(
  moments: readonly MomentRule[],
  last: Instant,
  now: Instant,
  pauses: readonly Pause[] = [],
  leadMs = 100,
) {
  return due(serviceWith({ moments }), { last, now, leadMs, pauses }, calendar);
}

test("the moment entered is the moment: it is armed the lead before, not sooner", () => {
  assert.deepEqual(ask([at(1000)], 0, 0), { kind: "wait", until: 900, moment: 1000 });
  assert.deepEqual(ask([at(1000)], 0, 899), { kind: "wait", until: 900, moment: 1000 });
  assert.deepEqual(ask([at(1000)], 0, 900), { kind: "arm", moment: 1000 });
  assert.deepEqual(ask([at(1000)], 0, 999), { kind: "arm", moment: 1000 });
  assert.deepEqual(ask([], 0, 999), { kind: "none" });
  assert.deepEqual(ask([at(1000)], 1000, 1000), { kind: "none" });
});

test("moments that went by are told, each by itself, before anything else is armed", () => {
  const moments = [at(10), at(1), at(3), at(2)];
  assert.deepEqual(ask(moments, 0, 3), { kind: "missed", moments: [1, 2, 3], more: 0, until: 3 });
  assert.deepEqual(ask(moments, 2, 3), { kind: "missed", moments: [3], more: 0, until: 3 });
  assert.deepEqual(ask(moments, 3, 5), { kind: "arm", moment: 10 });
});

test("a grid stands still whatever is restarted, and begins at its anchor", () => {
  assert.deepEqual(ask([every(900_000)], 900_001, 900_002), {
    kind: "wait",
    until: 1_799_900,
    moment: 1_800_000,
  });
  assert.deepEqual(ask([every(900_000, 5000)], 0, 0), { kind: "wait", until: 4900, moment: 5000 });
  assert.deepEqual(ask([every(900_000, 5000)], 5000, 5000), {
    kind: "wait",
    until: 904_900,
    moment: 905_000,
  });
});

test("several rules that give one instant give one moment", () => {
  assert.deepEqual(ask([at(6), every(2), every(3)], 0, 12), {
    kind: "missed",
    moments: [2, 3, 4, 6, 8, 9, 10, 12],
    more: 0,
    until: 12,
  });
});

test("a long outage names the oldest, counts the rest, and goes on where it ended", () => {
  const first = ask([every(1)], 0, 50_000);
  assert.ok(first.kind === "missed");
  assert.deepEqual(
    [first.moments.length, first.more, first.until],
    [MISSED_MAX, COUNTED_MAX - MISSED_MAX, COUNTED_MAX],
  );
  assert.deepEqual([first.moments[0], first.moments.at(-1)], [1, MISSED_MAX]);
  const last = ask([every(1)], 2 * COUNTED_MAX, 2 * COUNTED_MAX + 1500);
  assert.ok(last.kind === "missed");
  assert.deepEqual([last.moments.length, last.more], [MISSED_MAX, 500]);
});

test("what a pause held back is told as paused, and only once it is over", () => {
  const pause: Pause = { what: "service", name: "billing", since: 15, until: 35, why: "upgrade" };
  assert.deepEqual(ask([every(10)], 10, 12, [pause]), { kind: "wait", until: 20, moment: null });
  assert.deepEqual(ask([every(10)], 0, 42, [pause]), { kind: "missed", moments: [10], more: 0, until: 10 });
  assert.deepEqual(ask([every(10)], 10, 42, [pause]), {
    kind: "paused",
    pause,
    moments: [20, 30],
    more: 0,
    until: 30,
  });
  assert.deepEqual(ask([every(10)], 30, 42, [pause]), { kind: "missed", moments: [40], more: 0, until: 40 });
  assert.deepEqual(
    ask([every(10)], 30, 32, [pause]),
    { kind: "arm", moment: 40 },
    "the pause ends before it",
  );
});

const MINUTE = 60_000;
const START = parseInstant("2026-03-28T12:00:00Z");
const AUTUMN = parseInstant("2026-10-24T12:00:00Z");
const MINUTES = 2400;

const arbitraryRule: fc.Arbitrary<MomentRule> = fc.oneof(
  fc.integer({ min: -100, max: MINUTES }).map((minute) => at(START + minute * MINUTE)),
  fc
    .tuple(fc.integer({ min: 10, max: 700 }), fc.option(fc.integer({ min: -500, max: MINUTES })))
    .map(([step, anchor]) => every(step * MINUTE, anchor === null ? null : START + anchor * MINUTE)),
  fc
    .tuple(
      fc.constantFrom(
        "30 2 * * *",
        "*/20 * * * *",
        "15 * * * *",
        "*/10 2 * * *",
        "0 0,2,3 * * *",
        "30 */2 * * sun",
      ),
      fc.constantFrom("Europe/Berlin", "UTC"),
    )
    .map(([cron, zone]): MomentRule => ({ kind: "cron", cron, zone })),
);
const arbitraryBlackout: fc.Arbitrary<Blackout> = fc
  .tuple(
    fc.integer({ min: 0, max: 1439 }),
    fc.integer({ min: 1, max: 1440 }),
    fc.subarray([...WEEKDAYS], { minLength: 1 }),
    fc.constantFrom("Europe/Berlin", "UTC"),
  )
  .filter(([from, to]) => from !== to)
  .map(([fromMinute, toMinute, days, zone]) => ({ fromMinute, toMinute, days, zone }));
const arbitraryPause: fc.Arbitrary<Pause> = fc
  .tuple(
    fc.integer({ min: 0, max: MINUTES }),
    fc.integer({ min: 1, max: 600 }),
    fc.constantFrom("billing", "other"),
  )
  .map(([since, length, name]) => ({
    what: "service",
    name,
    since: START + since * MINUTE,
    until: START + (since + length) * MINUTE,
    why: "a test",
  }));

test("asked at whatever instants, every moment is armed or told exactly once, in order, and nothing else ever is", () => {
  fc.assert(
    fc.property(
      fc.array(arbitraryRule, { maxLength: 4 }),
      fc.array(arbitraryBlackout, { maxLength: 2 }),
      fc.array(arbitraryPause, { maxLength: 2 }),
      fc.array(fc.integer({ min: 1, max: 400 * MINUTE }), { maxLength: 30 }),
      fc.boolean(),
      (rules, blackout, given, steps, autumn) => {
        const shift = autumn ? AUTUMN - START : 0;
        const moments = rules.map((rule) => shifted(rule, shift));
        const pauses = given.map((one) => ({
          ...one,
          since: one.since + shift,
          until: (one.until ?? 0) + shift,
        }));
        const service = serviceWith({ moments, blackout });
        const end = START + shift + MINUTES * MINUTE;
        const told: [Instant, string][] = [];
        let last = START + shift;
        let now = last;
        for (const step of [...steps, end]) {
          now = Math.min(now + step, end);
          for (;;) {
            const answer = due(service, { last, now, leadMs: 3 * MINUTE, pauses }, calendar);
            if (answer.kind === "none" || answer.kind === "wait") break;
            if (answer.kind === "arm") {
              told.push([answer.moment, "taken"]);
              last = answer.moment;
            } else {
              assert.equal(answer.more, 0);
              for (const moment of answer.moments)
                told.push([moment, answer.kind === "paused" ? "paused" : "taken"]);
              last = answer.until;
            }
          }
        }
        const expected: [Instant, string][] = [];
        for (let minute = START + shift + MINUTE; minute <= end + 3 * MINUTE; minute += MINUTE) {
          if (!moments.some((rule) => gives(rule, minute)) || blackout.some((one) => covers(one, minute)))
            continue;
          const paused = isPaused(pauses, service, minute);
          // Beyond the end only what is armed already has been told.
          if (minute <= end || !paused) expected.push([minute, paused ? "paused" : "taken"]);
          else break;
        }
        assert.deepEqual(told, expected);
      },
    ),
    { seed: 3, numRuns: 150 },
  );
});

function shifted(rule: MomentRule, shift: number): MomentRule {
  if (rule.kind === "at") return at(rule.at + shift);
  return rule.kind === "every" && rule.anchor !== null ? every(rule.everyMs, rule.anchor + shift) : rule;
}

const crons = new Map<string, Cron>();

/** Whether a rule gives an instant: by the words of the documentation, minute by minute. */
function gives(rule: MomentRule, minute: Instant): boolean {
  if (rule.kind === "at") return rule.at === minute;
  if (rule.kind === "every") {
    const begin = rule.anchor ?? 0;
    return minute >= begin && (minute - begin) % rule.everyMs === 0;
  }
  const cron = crons.get(rule.cron) ?? parseCron(rule.cron);
  crons.set(rule.cron, cron);
  const shown = (instant: Instant) => instant + (calendar.stretch(rule.zone, instant)?.offsetMs ?? 0);
  const isShown = matches(cron, shown(minute));
  if (cron.everyHour) return isShown;
  const before = shown(minute - 1);
  const leaps = shown(minute) - before > 1;
  if (isShown && !shownEarlier(minute, shown)) return true;
  return leaps && anyBetween(cron, before, shown(minute));
}

function shownEarlier(minute: Instant, shown: (instant: Instant) => number): boolean {
  for (let back = 1; back <= 120; back++) if (shown(minute - back * MINUTE) === shown(minute)) return true;
  return false;
}

function anyBetween(cron: Cron, from: number, to: number): boolean {
  for (let local = from + 1; local < to; local += MINUTE) if (matches(cron, local)) return true;
  return false;
}

function covers({ fromMinute, toMinute, days, zone }: Blackout, instant: Instant): boolean {
  const local = instant + (calendar.stretch(zone, instant)?.offsetMs ?? 0);
  const day = Math.floor(local / 86_400_000);
  const minute = Math.floor(local / MINUTE) - day * 1440;
  const begins = (number: number) => days.includes(WEEKDAYS[(number + 3) % 7] ?? "mon");
  if (fromMinute < toMinute) return begins(day) && minute >= fromMinute && minute < toMinute;
  return (begins(day) && minute >= fromMinute) || (begins(day - 1) && minute < toMinute);
}
