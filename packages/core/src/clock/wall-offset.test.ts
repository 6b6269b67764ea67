import assert from "node:assert/strict";
import { test } from "node:test";
import { wallOffset } from "./wall-offset.ts";

const reading = { source: "ntp://a", offsetMs: 1000, errorMs: 0.5, ageMs: 0, readAgoMs: 0 };

test("held up between its two readings a machine knows its offset less well, and the tightest try counts", () => {
  const heldUpMs = [0, 7, 0.25, 0.25, 0, 3];
  let elapsed = 0;
  const clock = {
    elapsedMs: () => (elapsed += heldUpMs.shift() ?? 0),
    // Ahead of the source by 40 ms, read as late as it can be.
    nowMs: () => elapsed + 1040,
  };
  const { offsetMs, errorMs } = wallOffset(clock, reading);
  assert.equal(errorMs, 0.5 + 0.125);
  assert.ok(Math.abs(offsetMs - 40) <= errorMs);
});
