import assert from "node:assert/strict";
import { test } from "node:test";
import { POLL_EVERY_MS, POLL_EVERY_MS_MAX } from "@coeval/core/clock/time-watch";
import { createSharedClock } from "./shared-clock.ts";
import { BEGIN_MS, createFakeTime } from "./testing/fake-time.ts";
import { createFakeServer } from "./testing/fake-server.ts";

const SOURCE = "ntp://time.example";

/** An agent's clock on a machine whose wall clock is 40 ms behind and whose oscillator is off by 100 ppm. */
function watched(localUrl: string | null = null) {
  const time = createFakeTime();
  const clock = time.clock(100, -40);
  const server = createFakeServer(time, clock);
  const logged: string[] = [];
  const line = (event: string, fields: object = {}): void =>
    void logged.push(`${event} ${JSON.stringify(fields)}`);
  const log = { info: line, warn: line, error: line };
  const shared = createSharedClock(clock, { open: server.open, log, localUrl });
  /** What the clock takes true time for, less true time. */
  const wrongMs = (): number => {
    const reading = shared.reading();
    assert.ok(reading);
    return clock.elapsedMs() + reading.offsetMs - (BEGIN_MS + time.nowMs);
  };
  const gaps = (fromMs: number): number[] => {
    const at = server.asked.map(([, ms]) => ms).filter((ms) => ms >= fromMs);
    return at.slice(1).map((ms, i) => Math.round((ms - (at[i] as number)) / 100) / 10);
  };
  return { time, clock, server, shared, logged, wrongMs, gaps };
}

test("an NTP source is asked itself: four times at first, then at its pace, and the truth lies within the bound", async () => {
  const { time, server, shared, wrongMs, gaps } = watched();
  shared.reset(SOURCE);
  assert.equal(shared.reading(), null);
  for (let second = 1; second <= 60; second++) {
    await time.advance(1000);
    const reading = shared.reading();
    assert.ok(reading && reading.source === SOURCE);
    assert.ok(Math.abs(wrongMs()) <= reading.errorMs, `${wrongMs()} > ${reading.errorMs}`);
    assert.ok(reading.errorMs < 1.1 + POLL_EVERY_MS * 5e-4 && reading.readAgoMs <= POLL_EVERY_MS + 10);
  }
  assert.deepEqual(gaps(0).slice(0, 5), [2, 2, 2, 4, 4]);
  assert.equal(shared.server?.address, "10.0.0.5:123");
  assert.equal(shared.failure, null);
  assert.ok(server.asked.every(([url]) => url === SOURCE));
  shared.stop();
  await time.advance(5000);
  const { length } = server.asked;
  await time.advance(60_000);
  assert.equal(server.asked.length, length, "nobody is asked any more");
});

test("around a moment it is read closely, from 10 s before to 10 s after", async () => {
  const { time, shared, gaps } = watched();
  shared.reset(SOURCE);
  await time.advance(30_000);
  shared.expect(BEGIN_MS + 60_000);
  await time.advance(60_000);
  assert.ok(gaps(12_000).length > 15);
  assert.ok(
    gaps(50_500)
      .slice(0, 9)
      .every((gap) => gap === 2),
    String(gaps(50_500)),
  );
  assert.ok(
    gaps(72_500).every((gap) => gap === 4),
    String(gaps(72_500)),
  );
});

test("a reading wanted now is of a question asked after the instant it is wanted for; many share one", async () => {
  const { time, clock, server, shared } = watched();
  shared.reset(SOURCE);
  await time.advance(20_500);
  const before = server.asked.length;
  const cancel = new AbortController().signal;
  const since = clock.elapsedMs();
  await time.until(Promise.all([1, 2, 3].map(() => shared.readSince(since, cancel))));
  assert.equal(server.asked.length, before + 1);
  await time.until(shared.readSince(since, cancel));
  assert.equal(server.asked.length, before + 1, "it was asked since");
});

test("the agent asks under the name that it was given, and says so", async () => {
  const { time, server, shared } = watched("ntp://10.9.9.9");
  shared.reset(SOURCE);
  await time.advance(1000);
  assert.equal(server.asked[0]?.[0], "ntp://10.9.9.9");
  assert.equal(shared.source, SOURCE);
  assert.equal(shared.server?.asked, "ntp://10.9.9.9");
});

test("how far the agent's view is from the control device's is bounded over the link", async () => {
  const { time, clock, server, shared } = watched();
  server.aheadMs = 2000;
  shared.reset(SOURCE);
  await time.advance(3000);
  assert.equal(shared.apart(), null, "nothing came over the link yet");
  const elapsed = clock.elapsedMs();
  shared.measured(elapsed - 10, elapsed, BEGIN_MS + time.nowMs - 5, 0.5);
  const apart = shared.apart();
  assert.ok(apart && Math.abs(apart.offsetMs - 2000) <= apart.errorMs && apart.errorMs < 10);
  shared.reset("control:1");
  assert.equal(shared.apart(), null, "the control device's own clock is what it is");
});

test("RATE slows the pace for good, up to its bound; nothing hurries it, not even a moment", async () => {
  const { time, clock, server, shared, gaps } = watched();
  shared.reset(SOURCE);
  await time.advance(20_000);
  server.kiss = "RATE";
  await time.advance(30_000);
  server.kiss = null;
  shared.expect(BEGIN_MS + time.nowMs + 30_000);
  const from = time.nowMs;
  await time.advance(400_000);
  const after = gaps(from);
  assert.ok(
    after.length > 3 && after.every((gap) => gap >= 8 && gap <= POLL_EVERY_MS_MAX / 1000 + 0.1),
    String(after),
  );
  assert.equal(new Set(after).size, 1, "it does not grow once it is obeyed");
  server.kiss = "RATE";
  await time.advance(1_000_000);
  assert.equal(gaps(time.nowMs - 300_000).at(-1), POLL_EVERY_MS_MAX / 1000);
  const reading = shared.readSince(clock.elapsedMs(), new AbortController().signal);
  await assert.rejects(time.until(reading), { code: "clock-source", message: /less often \(RATE\)/ });
});

test("DENY and RSTR end the questions, and the reason is kept", async () => {
  for (const code of ["DENY", "RSTR"]) {
    const { time, clock, server, shared, logged } = watched();
    server.kiss = code;
    shared.reset(SOURCE);
    await time.advance(300_000);
    assert.equal(server.asked.length, 1);
    assert.match(shared.failure ?? "", new RegExp(`10\\.0\\.0\\.5:123 refuses this machine \\(${code}\\)`));
    assert.equal(logged.length, 1);
    const reading = shared.readSince(clock.elapsedMs(), new AbortController().signal);
    await assert.rejects(time.until(reading), { code: "clock-source" });
  }
});

test("a server that falls silent is told once, shown while it lasts, and heard again", async () => {
  const { time, server, shared, logged } = watched();
  shared.reset(SOURCE);
  await time.advance(20_000);
  server.silent = "no answer within 2000 ms";
  await time.advance(60_000);
  assert.equal(shared.failure, "no answer within 2000 ms");
  const aged = shared.reading();
  assert.ok(aged && aged.readAgoMs > 55_000 && aged.errorMs > 25, "the bound grows with age");
  server.silent = null;
  await time.advance(8000);
  assert.equal(shared.failure, null);
  assert.deepEqual(
    logged.map((line) => line.split(" ")[0]),
    ["clock-source", "clock-source-answers"],
  );
});

test("another server behind the name is another clock: nothing of the first one's word counts any more", async () => {
  const { time, server, shared, wrongMs, logged } = watched();
  shared.reset(SOURCE);
  await time.advance(20_000);
  server.address = "10.0.0.6:123";
  // Within the bounds of the first server's answers, which would be better than the second's.
  server.aheadMs = 1.5;
  server.tripMs = 8;
  await time.advance(6000);
  assert.ok(Math.abs(wrongMs() - 1.5) < 0.5, String(wrongMs()));
  assert.match(logged.join("\n"), /clock-server-changed .*10\.0\.0\.5:123.*10\.0\.0\.6:123/);
});

test("without a way to NTP servers a source that is one is never read, and says why", () => {
  const shared = createSharedClock(createFakeTime().clock());
  shared.reset(SOURCE);
  shared.measured(0, 1, BEGIN_MS);
  assert.equal(shared.reading(), null);
  assert.match(shared.failure ?? "", /no way to an NTP server/);
});
