import assert from "node:assert/strict";
import { test } from "node:test";
import { createClock, TIMER_MS_MAX } from "./clock.ts";

const clock = createClock();

test("the wall clock is the system's, with a fraction; elapsed time never steps back", () => {
  const before = Date.now();
  const seen = Array.from({ length: 1000 }, () => clock.nowMs());
  assert.ok(seen.every((ms) => ms >= before && ms <= Date.now() + 1));
  assert.ok(seen.some((ms) => !Number.isInteger(ms)));
  let last = clock.elapsedMs();
  for (let i = 0; i < 1000; i++) {
    const next = clock.elapsedMs();
    assert.ok(next >= last);
    last = next;
  }
});

test("a sleep is never shorter than asked, whatever its fraction", async () => {
  for (const ms of [0, -1, 0.2, 1, 1.7, 3.3]) {
    const from = clock.elapsedMs();
    await clock.sleep(ms);
    assert.ok(clock.elapsedMs() - from >= ms, String(ms));
  }
  await assert.rejects(clock.sleep(Number.NaN), RangeError);
});

test("a sleep is cancelled with the signal's reason, before, during, and beyond what one timer takes", async () => {
  const reason = new Error("stopping");
  await assert.rejects(clock.sleep(1, AbortSignal.abort(reason)), reason);
  const cancel = new AbortController();
  const sleeps = [1000, TIMER_MS_MAX * 3, Infinity].map((ms) => clock.sleep(ms, cancel.signal));
  const ends = Promise.allSettled(sleeps);
  await clock.sleep(5);
  cancel.abort(reason);
  for (const end of await ends) assert.equal(end.status === "rejected" && end.reason, reason);
});

test("a sleep longer than one timer takes is made of several", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let elapsedMs = 0;
  t.mock.method(performance, "now", () => elapsedMs);
  let awake = false;
  const sleeping = createClock()
    .sleep(TIMER_MS_MAX + 500)
    .then(() => (awake = true));
  const pass = async (ms: number) => {
    elapsedMs += ms;
    t.mock.timers.tick(ms);
    await new Promise((resolve) => setImmediate(resolve));
  };
  await pass(TIMER_MS_MAX);
  assert.equal(awake, false);
  await pass(499);
  assert.equal(awake, false);
  await pass(1);
  await sleeping;
  assert.equal(awake, true);
});
