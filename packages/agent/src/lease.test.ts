import assert from "node:assert/strict";
import { test } from "node:test";
import { LEASE_MS } from "@coeval/contract/wire/link";
import { createLease } from "./lease.ts";
import { createFakeTime } from "./testing/fake-time.ts";

const acting = { term: 3, acting: true, leased: true };

test("an agent that was never appointed is alone, and works as ever; one that stands by does not", () => {
  const clock = createFakeTime().clock();
  assert.equal(createLease(clock, null).held, true);
  assert.equal(createLease(clock, { ...acting, leased: false }).held, true);
  const standby = createLease(clock, { ...acting, acting: false });
  standby.renewed(clock.elapsedMs(), 3);
  assert.deepEqual([standby.held, standby.term], [false, null]);
});

test("a lease runs from the instant of the question, not from that of the answer, and is of one term", async () => {
  const time = createFakeTime();
  const clock = time.clock();
  const lease = createLease(clock, acting);
  assert.equal(lease.held, false, "after a start nothing was heard yet");
  const askedMs = clock.elapsedMs();
  await time.advance(4000);
  lease.renewed(askedMs, 2);
  lease.renewed(askedMs, null);
  assert.equal(lease.held, false, "of another term, or of none");
  lease.renewed(askedMs, 3);
  assert.equal(lease.held, true);
  await time.advance(LEASE_MS - 4000 - 1);
  assert.equal(lease.held, true);
  await time.advance(1);
  assert.equal(lease.held, false);
  lease.renewed(clock.elapsedMs(), 3);
  lease.appointed({ ...acting, term: 5 });
  assert.equal(lease.held, false, "a new term begins without a lease");
});

test("who watches hears of the end right when it comes, and of what goes on", async () => {
  const time = createFakeTime();
  const clock = time.clock();
  const lease = createLease(clock, acting);
  const heard: (readonly [atMs: number, held: boolean])[] = [];
  const stop = new AbortController();
  const watching = lease.watch((held) => heard.push([time.nowMs, held]), stop.signal);
  lease.renewed(clock.elapsedMs(), 3);
  await time.advance(5000);
  lease.renewed(clock.elapsedMs(), 3);
  await time.advance(30_000);
  lease.renewed(clock.elapsedMs(), 3);
  await time.settle();
  assert.deepEqual(heard, [
    [0, true],
    [5000 + LEASE_MS, false],
    [35_000, true],
  ]);
  stop.abort();
  await time.until(watching);
});
