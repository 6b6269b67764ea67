import assert from "node:assert/strict";
import { test } from "node:test";
import { parseInstant } from "../model/instant.ts";
import { AHEAD_MS_MAX, checkMoment, earliest, LEAD_MS } from "./moment.ts";

const now = parseInstant("2026-11-21T10:00:00.000Z");

test("the earliest moment is a whole ms, at least the lead away", () => {
  assert.equal(earliest(now), now + LEAD_MS);
  assert.equal(earliest(now + 0.25), now + LEAD_MS + 1);
  assert.equal(earliest(now, 0.5), now + 1);
  for (const fraction of [0, 0.001, 0.5, 0.999])
    assert.equal(checkMoment(earliest(now + fraction), now + fraction), earliest(now + fraction));
});

test("a moment in the past, too near or too far is refused with the figures", () => {
  const refused = [
    [now - 5, "moment-past", /10:00:00\.000Z|lies 5 ms in the past/],
    [now, "moment-past", /lies 0 ms in the past/],
    [now + 1, "moment-too-near", /is 1 ms away; arming takes up to 1000 ms/],
    [now + LEAD_MS - 1, "moment-too-near", /is 999 ms away/],
    [now + AHEAD_MS_MAX + 1, "bad-input", /more than 24 h away/],
  ] as const;
  for (const [moment, code, message] of refused)
    assert.throws(() => checkMoment(moment, now), { code, message }, `${moment - now}`);
  for (const moment of [now + LEAD_MS, now + AHEAD_MS_MAX]) assert.equal(checkMoment(moment, now), moment);
});
