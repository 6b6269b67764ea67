/** A machine's clock in virtual time: it drifts, its wall clock is off and may step, its timers fire a little late. */
import type { Clock } from "@coeval/core/ports/clock";
import { type Life, never } from "./life.ts";
import type { Seed } from "./seed.ts";
import type { Timeline } from "./timeline.ts";

/** Wall time at the simulation's begin, for a clock that is right: 2027-01-15T08:00:00Z. */
export const BEGIN_MS = 1_800_000_000_000;

/** An oscillator and a wall clock; they outlive the process, not the machine. */
export interface Timepiece {
  /** Elapsed ms for true ms. */
  readonly rate: number;
  elapsedAt(trueMs: number): number;
  wallAt(trueMs: number): number;
  /** True time at which the wall clock shows an instant, as it goes now. */
  trueAt(wallMs: number): number;
  /** The wall clock is set; elapsed time does not notice. */
  step(byMs: number): void;
}

/** @param driftPpm how much faster than true time it goes, in parts per million. */
export function createTimepiece(driftPpm: number, aheadMs: number, bootedMs: number): Timepiece {
  const rate = 1 + driftPpm / 1_000_000;
  let ahead = aheadMs;
  return {
    rate,
    elapsedAt: (trueMs) => bootedMs + trueMs * rate,
    wallAt: (trueMs) => BEGIN_MS + ahead + trueMs * rate,
    trueAt: (wallMs) => (wallMs - BEGIN_MS - ahead) / rate,
    step(byMs) {
      ahead += byMs;
    },
  };
}

/** Ms by which a timer fires late at most, mostly. */
const LATE_MS_MAX = 1;
/** A process may be kept from running for longer now and then: other work, a garbage collection. */
const HELD_UP = { probability: 0.002, msMax: 40 } as const;

/** The clock port of one life on a machine. */
export function createClock(timeline: Timeline, timepiece: Timepiece, life: Life, seed: Seed): Clock {
  return {
    nowMs: () => timepiece.wallAt(timeline.nowMs),
    elapsedMs: () => timepiece.elapsedAt(timeline.nowMs),
    sleep(ms, cancel) {
      if (!life.touch("clock")) return never();
      if (cancel?.aborted) return Promise.reject(cancel.reason);
      const lateMs = seed.chance(HELD_UP.probability)
        ? seed.between(0, HELD_UP.msMax)
        : seed.between(0, LATE_MS_MAX);
      return new Promise((resolve, reject) => {
        const forget = () => cancel?.removeEventListener("abort", abort);
        const stay = life.onCrash(() => {
          drop();
          forget();
        });
        const drop = timeline.after(Math.max(0, ms) / timepiece.rate + lateMs, () => {
          stay();
          forget();
          resolve();
        });
        const abort = () => {
          drop();
          stay();
          reject(cancel?.reason);
        };
        cancel?.addEventListener("abort", abort, { once: true });
      });
    },
  };
}
