import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createMeasuredClock, DRIFT, type MeasuredClock } from "./measured-clock.ts";

interface Measured extends MeasuredClock {
  /** One exchange with a clock that answers at once. */
  measured(askedElapsedMs: number, answeredElapsedMs: number, sourceNowMs: number): boolean;
}

/** A measured clock on elapsed time that a test sets. */
function createShared(now: { elapsedMs: number }): Measured {
  const clock = createMeasuredClock({ elapsedMs: () => now.elapsedMs });
  return Object.assign(clock, {
    measured: (askedElapsedMs: number, answeredElapsedMs: number, nowMs: number) =>
      clock.exchanged({
        askedElapsedMs,
        answeredElapsedMs,
        receivedMs: nowMs,
        transmittedMs: nowMs,
        errorMs: 0,
      }),
  });
}

test("before the first exchange nothing is known", () => {
  const shared = createShared({ elapsedMs: 0 });
  shared.reset("control:1");
  assert.equal(shared.reading(), null);
  assert.equal(shared.source, "control:1");
});

test("the true time lies within the bound, however lopsided the delays and whatever the drift up to 500 ppm", () => {
  const exchange = fc.record({
    pauseMs: fc.double({ min: 0, max: 5000, noNaN: true }),
    thereMs: fc.double({ min: 0, max: 3000, noNaN: true }),
    backMs: fc.double({ min: 0, max: 1900, noNaN: true }),
  });
  fc.assert(
    fc.property(
      fc.array(exchange, { minLength: 1, maxLength: 30 }),
      fc.integer({ min: -500, max: 500 }),
      fc.double({ min: 0, max: 100_000, noNaN: true }),
      (exchanges, driftPpm, laterMs) => {
        const now = { elapsedMs: 7000 };
        const shared = createShared(now);
        shared.reset("control:1");
        let trueMs = 0;
        const pass = (ms: number): void => {
          trueMs += ms;
          now.elapsedMs = 7000 + trueMs * (1 + driftPpm / 1e6);
        };
        const holds = (): void => {
          const reading = shared.reading();
          assert.ok(reading);
          const error = Math.abs(now.elapsedMs + reading.offsetMs - trueMs);
          // 500 ppm of a clock that is slow by as much are a quarter of a millionth more.
          const roundingMs = reading.ageMs * 3e-7 + 1e-6;
          assert.ok(error <= reading.errorMs + roundingMs, `${error} > ${reading.errorMs}`);
        };
        for (const { pauseMs, thereMs, backMs } of exchanges) {
          pass(pauseMs);
          const askedMs = now.elapsedMs;
          pass(thereMs);
          const saidMs = trueMs;
          pass(backMs);
          shared.measured(askedMs, now.elapsedMs, saidMs);
          holds();
        }
        pass(laterMs);
        holds();
      },
    ),
    { seed: 3, numRuns: 2000 },
  );
});

test("of several exchanges the one with the smallest bound now counts; a better old one gives way as it ages", () => {
  const now = { elapsedMs: 0 };
  const shared = createShared(now);
  shared.reset("control:1");
  const exchange = (atMs: number, tripMs: number): void => {
    now.elapsedMs = atMs + tripMs;
    shared.measured(atMs, atMs + tripMs, 1_000_000 + atMs + tripMs / 2);
  };
  exchange(0, 2);
  exchange(1000, 10);
  assert.equal(shared.reading()?.errorMs.toFixed(3), "1.505");
  exchange(30_000, 4);
  assert.equal(shared.reading()?.errorMs.toFixed(3), "2.002");
  assert.equal(shared.reading()?.ageMs, 4);
});

test("a source whose clock was set is believed anew: what contradicts its newest word is forgotten", () => {
  const now = { elapsedMs: 0 };
  const shared = createShared(now);
  shared.reset("control:1");
  shared.measured(0, 1, 500_000.5);
  now.elapsedMs = 10;
  shared.measured(10, 30, 530_020);
  const reading = shared.reading();
  assert.equal(reading?.offsetMs, 530_000, "the older exchange had the smaller bound");
});

test("exchanges that cannot be, or took too long, say nothing; another source begins from nothing", () => {
  const now = { elapsedMs: 10_000 };
  const shared = createShared(now);
  shared.reset("control:1");
  shared.measured(100, 99, 0);
  shared.measured(0, 5001, 0);
  assert.equal(shared.reading(), null);
  shared.measured(9990, 10_000, 5);
  shared.reset("control:1");
  assert.ok(shared.reading());
  shared.reset("control:2");
  assert.equal(shared.reading(), null);
});

test("what the source held the question for is no part of the round trip; its own error is part of the bound", () => {
  const now = { elapsedMs: 50 };
  const shared = createShared(now);
  const exchange = {
    askedElapsedMs: 0,
    answeredElapsedMs: 50,
    receivedMs: 100_003,
    transmittedMs: 100_043,
    errorMs: 0.25,
  };
  assert.ok(shared.exchanged(exchange));
  const reading = shared.reading();
  assert.equal(reading?.offsetMs, 99_998);
  assert.equal(reading?.errorMs.toFixed(3), (5 + 0.25 + 50 * DRIFT).toFixed(3));
  assert.equal(
    shared.exchanged({ ...exchange, transmittedMs: 100_002 }),
    false,
    "it answered before it was asked",
  );
  assert.equal(
    shared.exchanged({ ...exchange, transmittedMs: 100_060 }),
    false,
    "it held it for longer than it took",
  );
});
