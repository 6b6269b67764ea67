// What a person reads of a policy.
import assert from "node:assert/strict";
import { test } from "node:test";
import { blackoutWords, momentWords } from "./policy-words.ts";

const policy = {
  direction: "push",
  tolerance: { window: "500ms", beyond: "refuse", openFiles: "refuse" },
} as const;

test("moments are told as they were entered, and their absence as well", () => {
  assert.equal(momentWords(policy), "only by hand");
  const moments = [
    { at: "2026-11-21T10:00:00.000Z" },
    { every: "15m" },
    { every: "30s", anchor: "2026-11-21T10:00:07.000Z" },
    { cron: "0 2 * * *", zone: "Europe/Berlin" },
  ];
  assert.equal(
    momentWords({ ...policy, moments }),
    "once at 2026-11-21T10:00:00.000Z\nevery 15m\nevery 30s from 2026-11-21T10:00:07.000Z\n0 2 * * * in Europe/Berlin",
  );
});

test("blackouts are told with their zone and days", () => {
  assert.equal(blackoutWords(policy), "");
  const night = { from: "22:00", to: "06:00", zone: "UTC" };
  assert.equal(
    blackoutWords({ ...policy, blackout: [night, { ...night, days: ["fri", "sat"] }] }),
    "22:00 to 06:00 in UTC\n22:00 to 06:00 in UTC, fri sat",
  );
});
