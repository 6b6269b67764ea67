/** Waits that are too long, with a clock in the test's hand. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createDeadNodes, DEAD_MS } from "./dead-nodes.ts";
import { createLeases, RENEWAL_MS } from "./leases.ts";
import { createWatchdog, TICK_MS } from "./watchdog.ts";

/** Sleeps end when the test says so. */
function handClock() {
  let nowMs = 0;
  let sleeper: PromiseWithResolvers<void> | null = null;
  return {
    elapsedMs: () => nowMs,
    sleep(_ms: number, cancel?: AbortSignal) {
      const mine = Promise.withResolvers<void>();
      sleeper = mine;
      cancel?.addEventListener("abort", () => mine.reject(cancel.reason), { once: true });
      return mine.promise;
    },
    async tick(times = 1) {
      for (let count = 0; count < times; count++) {
        nowMs += TICK_MS;
        sleeper?.resolve();
        // The watchdog's turn, and the turns of what it calls.
        for (let turn = 0; turn < 10; turn++) await null;
      }
    },
    pass(ms: number) {
      nowMs += ms;
    },
  };
}

describe("the watchdog", () => {
  test("tells of a wait that is too long, once, and not of one that ended", async () => {
    const clock = handClock();
    const watchdog = createWatchdog(clock);
    let silent = 0;
    const slow = watchdog.watch(3_000, () => silent++);
    const quick = watchdog.watch(3_000, () => assert.fail("it had ended"));
    slow.begin();
    quick.begin();
    await clock.tick(2);
    quick.end();
    await clock.tick(1);
    assert.equal(silent, 0);
    await clock.tick(5);
    assert.equal(silent, 1);
    watchdog.close();
  });

  test("counts from the last sign of life", async () => {
    const clock = handClock();
    const watchdog = createWatchdog(clock);
    let silent = 0;
    const wait = watchdog.watch(2_000, () => silent++);
    for (let sign = 0; sign < 10; sign++) {
      wait.begin();
      await clock.tick(2);
    }
    assert.equal(silent, 0);
    await clock.tick(2);
    assert.equal(silent, 1);
    watchdog.close();
  });
});

describe("leases", () => {
  test("are renewed while a file is open, and no longer", async () => {
    const clock = handClock();
    const watchdog = createWatchdog(clock);
    let renewals = 0;
    const leases = createLeases(clock, watchdog, async () => void renewals++);
    const release = leases.hold();
    await clock.tick(RENEWAL_MS / TICK_MS - 1);
    assert.equal(renewals, 0);
    await clock.tick(RENEWAL_MS / TICK_MS + 1);
    assert.equal(renewals, 2);
    release();
    release();
    await clock.tick(100);
    assert.equal(renewals, 2);
    watchdog.close();
  });

  test("that could not be renewed are tried again at once", async () => {
    const clock = handClock();
    const watchdog = createWatchdog(clock);
    let tries = 0;
    const leases = createLeases(clock, watchdog, async () => {
      tries++;
      throw new Error("no NameNode");
    });
    const release = leases.hold();
    await clock.tick(RENEWAL_MS / TICK_MS + 2);
    assert.equal(tries, 3);
    release();
    watchdog.close();
  });
});

describe("dead DataNodes", () => {
  test("are remembered for a while", () => {
    const clock = handClock();
    const dead = createDeadNodes(clock);
    dead.mark("one");
    assert.deepEqual([dead.has("one"), dead.has("other")], [true, false]);
    clock.pass(DEAD_MS);
    assert.equal(dead.has("one"), false);
  });
});
