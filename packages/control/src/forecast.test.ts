// The forecast: what moves goes on at its pace; what is not known is not guessed.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Run } from "@coeval/core/protect/run";
import { forecastOf } from "./forecast.ts";
import { createRates } from "./rates.ts";
import { createFakeTime } from "./testing/fake-clock.ts";
import { START_MS } from "./testing/fake-control.ts";
import { runBetween } from "./testing/fake-run.ts";
import { createFakeWorld } from "./testing/fake-world.ts";

function sending(filesDone: number, bytesDone: number, doing = "receiving"): Run {
  const target = { doing, filesDone, filesTotal: 100, bytesDone, bytesTotal: 1_000_000 };
  return { ...runBetween("east", "west"), phase: "sending", progress: { source: null, target } };
}

test("a transfer ends when its slower half does: here the files", async () => {
  const time = createFakeTime(START_MS);
  const rates = createRates(createFakeWorld(time.process(), 1));
  rates.note(sending(0, 0));
  assert.equal(rates.of(sending(0, 0)), null, "nothing is known at the first look");
  await time.advance(10_000);
  // Half of the bytes and a tenth of the files in 10 s.
  const pace = rates.of(sending(10, 500_000));
  const seen = forecastOf(time.nowMs, { moment: START_MS - 1000, pace, last: START_MS - 60_000 });
  assert.deepEqual(seen, {
    endsAt: START_MS + 100_000,
    rpoBeforeMs: 160_000,
    rpoAfterMs: 101_000,
  });
});

test("one large file on its way is forecast by its bytes; a transfer that stands still is not forecast", async () => {
  const time = createFakeTime(START_MS);
  const rates = createRates(createFakeWorld(time.process(), 1));
  rates.note(sending(0, 0));
  await time.advance(10_000);
  const large = rates.of(sending(0, 250_000));
  assert.equal(forecastOf(START_MS, { moment: 0, pace: large, last: null })?.endsAt, START_MS + 30_000);
  assert.equal(forecastOf(START_MS, { moment: 0, pace: rates.of(sending(0, 0)), last: null }), null);
});

test("another step, or one begun anew, is measured from its own beginning", async () => {
  const time = createFakeTime(START_MS);
  const rates = createRates(createFakeWorld(time.process(), 1));
  rates.note(sending(50, 500_000));
  await time.advance(5000);
  assert.equal(rates.of(sending(1, 1000)), null, "the agent came back and counts from the beginning");
  await time.advance(5000);
  assert.equal(rates.of(sending(1, 1000, "reading back")), null);
  rates.note({ ...sending(1, 1000), phase: "failed" });
  assert.equal(rates.of(sending(100, 1_000_000)), null, "a run that is over is forgotten");
});
