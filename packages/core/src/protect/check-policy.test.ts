import assert from "node:assert/strict";
import { test } from "node:test";
import { CoevalError } from "../errors.ts";
import { parseInstant } from "../model/instant.ts";
import { type Blackout, type MomentRule, type Policy, WEEKDAYS } from "../model/policy.ts";
import { createFakeCalendar } from "../testing/fake-calendar.ts";
import { berlin2026, serviceWith } from "../testing/services.ts";
import { checkPolicy } from "./check-policy.ts";

const calendar = createFakeCalendar({ "Europe/Berlin": berlin2026, "America/New_York": berlin2026 });
const now = parseInstant("2026-11-21T10:00:00Z");

/** `pointer code: message`, or null when it is taken. */
function wrong(policy: Partial<Policy>, before: Partial<Policy> | null = null): string | null {
  try {
    checkPolicy(serviceWith(policy), { now, before: before && serviceWith(before) }, calendar);
    return null;
  } catch (thrown) {
    assert.ok(thrown instanceof CoevalError, String(thrown));
    return `${thrown.pointer} ${thrown.code}: ${thrown.message}`;
  }
}

const cron = (text: string, zone = "Europe/Berlin"): MomentRule => ({ kind: "cron", cron: text, zone });
const at = (text: string): MomentRule => ({ kind: "at", at: parseInstant(text) });
const daily = (fromMinute: number, toMinute: number, days = WEEKDAYS as Blackout["days"]): Blackout => ({
  fromMinute,
  toMinute,
  days,
  zone: "UTC",
});

test("a policy that can be kept is taken", () => {
  assert.equal(wrong({}), null);
  const moments = [
    cron("0 2 * * *"),
    { kind: "every", everyMs: 900_000, anchor: now } as const,
    at("2026-11-22T00:00:00Z"),
  ];
  assert.equal(wrong({ moments, blackout: [daily(480, 1080)], objective: { rpoMs: 900_000 } }), null);
});

test("an unknown zone is told with the one that was meant", () => {
  const told = (zone: string) => wrong({ moments: [cron("0 2 * * *", "UTC"), cron("0 2 * * *", zone)] });
  assert.match(
    told("Europe/Berln") ?? "",
    /^\/spec\/policy\/moments\/1\/zone bad-input: spec\.policy\.moments\[1\]\.zone: there is no time zone 'Europe\/Berln'; did you mean 'Europe\/Berlin'\?/,
  );
  assert.match(told("europe/berlin") ?? "", /did you mean 'Europe\/Berlin'/);
  assert.match(told("Berlin") ?? "", /did you mean 'Europe\/Berlin'/);
  assert.match(told("US/New York") ?? "", /did you mean 'America\/New_York'/);
  assert.match(told("+01:00") ?? "", /write it as Europe\/Berlin, or UTC/);
  assert.match(told("Z".repeat(99)) ?? "", /there is no time zone 'Z{64}'/);
  assert.match(
    wrong({ blackout: [{ ...daily(0, 60), zone: "Mars" }] }) ?? "",
    /^\/spec\/policy\/blackout\/0\/zone/,
  );
});

test("an expression that is none, or that never comes, is refused at its place", () => {
  assert.match(
    wrong({ moments: [cron("0 25 * * *")] }) ?? "",
    /^\/spec\/policy\/moments\/0\/cron bad-input: .*'25' as hour/,
  );
  assert.match(
    wrong({ moments: [cron("0 0 30 2 *")] }) ?? "",
    /^\/spec\/policy\/moments\/0\/cron bad-input: .*'0 0 30 2 \*' never comes: no such date within 20 years; correct the day or the month/,
  );
});

test("an instant that is past is refused when it is new, not when it stood there", () => {
  const past = at("2026-11-21T09:00:00Z");
  assert.match(
    wrong({ moments: [past] }) ?? "",
    /^\/spec\/policy\/moments\/0\/at moment-past: .*T09:00:00.000Z is past; it is 2026-11-21T10:00/,
  );
  assert.equal(wrong({ moments: [past] }, { moments: [past] }), null);
  assert.match(
    wrong({ moments: [past] }, { moments: [at("2026-11-21T09:00:00.001Z")] }) ?? "",
    /moment-past/,
  );
});

test("a blackout that leaves a rule no moment is refused, one that leaves some is not", () => {
  assert.match(
    wrong({ moments: [cron("0 2 * * *", "UTC")], blackout: [daily(60, 180)] }) ?? "",
    /^\/spec\/policy\/moments\/0\/cron bad-input: .*all its moments lie in a blackout, 2026-11-22T02:00:00.000Z first/,
  );
  const halves = [daily(0, 720), daily(720, 1440)];
  assert.match(
    wrong({ moments: [{ kind: "every", everyMs: 1000, anchor: null }], blackout: halves }) ?? "",
    /moments\/0\/every bad-input/,
  );
  assert.match(
    wrong({ moments: [at("2026-11-22T01:00:00Z")], blackout: halves }) ?? "",
    /moments\/0\/at bad-input/,
  );
  assert.equal(
    wrong({ moments: [cron("0 2 * * *", "UTC")], blackout: [daily(60, 180, ["sat", "sun"])] }),
    null,
  );
  // In winter 02:00 in Berlin is 01:00 in UTC, in summer 00:00.
  assert.equal(wrong({ moments: [cron("0 2 * * *")], blackout: [daily(0, 60)] }), null);
});

test("a blackout that is edited later and covers a rule that stood is refused at its place", () => {
  const stood = { moments: [cron("0 2 * * *", "UTC"), at("2026-11-21T09:00:00Z")] };
  const edited = { ...stood, blackout: [daily(60, 180)] };
  assert.match(
    wrong(edited, stood) ?? "",
    /^\/spec\/policy\/blackout bad-input: spec\.policy\.blackout: leaves spec\.policy\.moments\[0\] no moment, 2026-11-22T02:00:00.000Z first/,
  );
  // What is past gave no moment before, and one that leaves some is taken.
  assert.equal(wrong({ ...stood, blackout: [daily(180, 240)] }, stood), null);
  // What stood so already does not forbid an edit beside it.
  assert.equal(wrong({ ...edited, priority: 60 }, edited), null);
});

test("what stands there twice is refused at the second place", () => {
  assert.match(
    wrong({ moments: [cron("0 2 * * *"), cron("0 2 * * *")] }) ?? "",
    /^\/spec\/policy\/moments\/1 bad-input: .*is the same as moments\[0\]/,
  );
  assert.match(
    wrong({ blackout: [daily(0, 60), daily(0, 60)] }) ?? "",
    /^\/spec\/policy\/blackout\/1 bad-input/,
  );
});

test("bounds are kept, whoever made the policy", () => {
  const refused: readonly (readonly [Partial<Policy>, RegExp])[] = [
    [
      { moments: [{ kind: "every", everyMs: 999, anchor: null }] },
      /^\/spec\/policy\/moments\/0\/every bad-input: .*999 ms; a whole number from 1000/,
    ],
    [{ moments: [{ kind: "every", everyMs: Number.NaN, anchor: null }] }, /every bad-input/],
    [
      { moments: Array.from({ length: 17 }, (_, index) => cron(`${index} * * * *`)) },
      /^\/spec\/policy\/moments bad-input: .*17 rules/,
    ],
    [{ priority: 101 }, /^\/spec\/policy\/priority/],
    [{ objective: { rpoMs: 0 } }, /^\/spec\/policy\/objective\/rpo/],
    [{ blackout: [daily(60, 60)] }, /^\/spec\/policy\/blackout\/0\/to .*from 00:00 to 24:00/],
    [{ blackout: [daily(0, 60, [])] }, /^\/spec\/policy\/blackout\/0\/days/],
  ];
  for (const [policy, why] of refused) assert.match(wrong(policy) ?? "", why);
});

test("a pattern that is none is refused in its place", () => {
  const filtered = (exclude: string[]) => wrong({ filters: { include: [], exclude } }) ?? "";
  assert.equal(filtered(["*.tmp", "logs/**/x"]), "");
  assert.match(filtered(["*.tmp", "/data/x"]), /^\/spec\/policy\/filters\/exclude\/1 bad-input: .*relative/);
  assert.match(filtered(Array(101).fill("a")), /^\/spec\/policy\/filters\/exclude bad-input: .*101 patterns/);
});
