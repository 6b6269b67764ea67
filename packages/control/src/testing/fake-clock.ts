/** Time that stands still until a test moves it. A killed process's sleeps never end. */
import type { Clock } from "@coeval/core/ports/clock";
import { settle } from "@coeval/core/testing/settle";

export interface FakeTime {
  /** Moves time on, waking sleepers in order, each after everything before it has settled. */
  advance(ms: number): Promise<void>;
  /** Lets everything that is ready run. */
  settle(): Promise<void>;
  readonly nowMs: number;
  /** A process's own view of this time. */
  process(): FakeClock;
}

export interface FakeClock extends Clock {
  /** The process is gone: nothing that sleeps wakes. */
  kill(): void;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

export function createFakeTime(startMs: number): FakeTime {
  let nowMs = startMs;
  let sleepers: Sleeper[] = [];

  function process(): FakeClock {
    let dead = false;
    return {
      nowMs: () => nowMs,
      elapsedMs: () => nowMs - startMs,
      sleep: (ms, cancel) =>
        new Promise((resolve, reject) => {
          if (cancel?.aborted) return reject(cancel.reason);
          const sleeper: Sleeper = {
            at: nowMs + Math.max(0, ms),
            wake: () => (dead ? undefined : resolve()),
          };
          sleepers.push(sleeper);
          cancel?.addEventListener(
            "abort",
            () => {
              sleepers = sleepers.filter((one) => one !== sleeper);
              reject(cancel.reason);
            },
            { once: true },
          );
        }),
      kill() {
        dead = true;
      },
    };
  }

  return {
    get nowMs() {
      return nowMs;
    },
    settle,
    process,
    async advance(ms) {
      const until = nowMs + ms;
      await settle();
      for (;;) {
        const next = sleepers.toSorted((a, b) => a.at - b.at)[0];
        if (!next || next.at > until) break;
        nowMs = Math.max(nowMs, next.at);
        sleepers = sleepers.filter((one) => one !== next);
        next.wake();
        await settle();
      }
      nowMs = until;
      await settle();
    },
  };
}
