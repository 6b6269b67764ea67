/** Time that stands still until a test waits for something: then it goes on to whatever sleeps next. */
import type { Clock } from "@coeval/core/ports/clock";
import { settle } from "@coeval/core/testing/settle";

export interface FakeTime {
  /** True ms since the beginning. */
  readonly nowMs: number;
  /** A machine's clock. `driftPpm`: how much faster its elapsed time goes · `aheadMs`: its wall clock before true time. */
  clock(driftPpm?: number, aheadMs?: number): Clock;
  /** Lets time pass until the promise settles. @throws Error when nothing sleeps any more, or PATIENCE_MS have passed. */
  until<T>(promise: Promise<T>): Promise<T>;
  /** Lets so much time pass, waking sleepers in their order. */
  advance(ms: number): Promise<void>;
  /** Lets everything run that waits for nothing. */
  settle(): Promise<void>;
}

/** Wall time at the beginning: 2026-11-21T10:00:00Z. */
export const BEGIN_MS = 1_795_255_200_000;
/** Longer than anything may take that goes on at all. */
const PATIENCE_MS = 3_600_000;
interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

export function createFakeTime(): FakeTime {
  let nowMs = 0;
  let sleepers: Sleeper[] = [];

  function next(): Sleeper | undefined {
    return sleepers.reduce<Sleeper | undefined>(
      (first, one) => (first && first.atMs <= one.atMs ? first : one),
      undefined,
    );
  }

  function wake(sleeper: Sleeper): void {
    nowMs = Math.max(nowMs, sleeper.atMs);
    sleepers = sleepers.filter((one) => one !== sleeper);
    sleeper.wake();
  }

  return {
    get nowMs() {
      return nowMs;
    },
    settle,
    clock(driftPpm = 0, aheadMs = 0) {
      const rate = 1 + driftPpm / 1e6;
      return {
        nowMs: () => BEGIN_MS + aheadMs + nowMs,
        elapsedMs: () => 5000 + nowMs * rate,
        sleep: (ms, cancel) =>
          new Promise((resolve, reject) => {
            if (cancel?.aborted) return reject(cancel.reason);
            const abort = (): void => {
              sleepers = sleepers.filter((one) => one !== sleeper);
              reject(cancel?.reason);
            };
            const sleeper: Sleeper = {
              atMs: nowMs + Math.max(0, ms) / rate,
              wake() {
                cancel?.removeEventListener("abort", abort);
                resolve();
              },
            };
            sleepers.push(sleeper);
            cancel?.addEventListener("abort", abort, { once: true });
          }),
      };
    },
    async until(promise) {
      let settled = false;
      const beganMs = nowMs;
      const done = (): void => void (settled = true);
      promise.then(done, done);
      for (;;) {
        await settle();
        if (settled) return promise;
        const sleeper = next();
        if (!sleeper) throw new Error("nothing sleeps any more: this would never end");
        if (sleeper.atMs > beganMs + PATIENCE_MS) throw new Error(`it has not ended after ${PATIENCE_MS} ms`);
        wake(sleeper);
      }
    },
    async advance(ms) {
      const untilMs = nowMs + ms;
      for (;;) {
        await settle();
        const sleeper = next();
        if (!sleeper || sleeper.atMs > untilMs) break;
        wake(sleeper);
      }
      nowMs = untilMs;
      await settle();
    },
  };
}
