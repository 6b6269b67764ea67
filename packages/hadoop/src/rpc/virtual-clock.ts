/** A clock for tests, whose time passes only when nothing else can happen. */
import type { Clock } from "../world.ts";

/** See the top of this file. */
export interface VirtualClock extends Clock {
  /** Waits for `promise`; while it is not settled and nothing moves, time goes on to whoever sleeps shortest. Throws when
   * nobody sleeps either: it would hang. */
  run<T>(promise: Promise<T>): Promise<T>;
  /** Lets everything happen that needs no time. */
  settle(): Promise<void>;
}

/** Enough for whatever one event sets off. */
const TURNS = 200;
const SLEEPS_MAX = 10_000;

export function createVirtualClock(): VirtualClock {
  let nowMs = 0;
  const sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>();

  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < TURNS; turn++) await Promise.resolve();
  };

  return {
    elapsedMs: () => nowMs,
    async sleep(ms, cancel) {
      cancel?.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const sleeper = { untilMs: nowMs + ms, wake: resolve };
      sleepers.add(sleeper);
      const end = (): void => reject(cancel?.reason);
      cancel?.addEventListener("abort", end, { once: true });
      try {
        await promise;
      } finally {
        sleepers.delete(sleeper);
        cancel?.removeEventListener("abort", end);
      }
    },
    settle,
    async run(promise) {
      let settled = false;
      const done = (): void => {
        settled = true;
      };
      promise.then(done, done);
      for (let sleep = 0; sleep < SLEEPS_MAX; sleep++) {
        await settle();
        if (settled) return promise;
        const [next] = [...sleepers].toSorted((a, b) => a.untilMs - b.untilMs);
        if (next === undefined) throw new Error("nothing moves any more, and nobody sleeps");
        nowMs = Math.max(nowMs, next.untilMs);
        next.wake();
      }
      throw new Error(`no end after ${SLEEPS_MAX} sleeps`);
    },
  };
}
