import assert from "node:assert/strict";
import { test } from "node:test";
import { OPENING_MS_MAX } from "@coeval/core/protect/run";
import { crowdLeads } from "./crowd.ts";

test("a moment that is alone needs next to nothing more; of a crowd each is armed earlier, up to a bound", () => {
  const alone = crowdLeads([10_000, 60_000])(10_000);
  const many = crowdLeads(Array.from({ length: 200 }, (_, number) => 10_000 + number))(10_000);
  assert.ok(alone < 100);
  assert.equal(many, alone * 200);
  const storm = crowdLeads(Array.from({ length: 100_000 }, () => 10_000))(10_000);
  assert.ok(storm < OPENING_MS_MAX, "a run must open before its deadline");
});

test("a crowd is not cut in two where a second begins", () => {
  const lead = crowdLeads([9999, 10_000, 10_001]);
  assert.equal(lead(9999), lead(10_001));
});
