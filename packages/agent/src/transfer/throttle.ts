/** A throttle: so many bytes a second and no more, for all who share it, in the order in which they ask. */
import type { Clock } from "@coeval/core/ports/clock";

/** What was not used lately may be made up for by so much: it evens out late timers, and lets a small transfer begin at once. */
const CREDIT_MS_MAX = 100;
/** Shorter waits are left to add up: a timer cannot keep them. */
const WAIT_MS_MIN = 2;

export interface Throttle {
  readonly bytesPerSecond: number;
  /** Resolves when these bytes' time has come. Rejects with the signal's reason. */
  take(bytes: number, cancel: AbortSignal): Promise<void>;
}

/** @param bytesPerSecond at least 1. */
export function createThrottle(clock: Clock, bytesPerSecond: number): Throttle {
  let takenUntilMs = Number.NEGATIVE_INFINITY;
  return {
    bytesPerSecond,
    async take(bytes, cancel) {
      const nowMs = clock.elapsedMs();
      takenUntilMs = Math.max(takenUntilMs, nowMs - CREDIT_MS_MAX) + (bytes / bytesPerSecond) * 1000;
      const waitMs = takenUntilMs - nowMs;
      if (waitMs >= WAIT_MS_MIN) await clock.sleep(waitMs, cancel);
    },
  };
}

/** The slowest of several; null when there is none. */
export function slowest(throttles: readonly Throttle[]): number | null {
  return throttles.length === 0 ? null : Math.min(...throttles.map(({ bytesPerSecond }) => bytesPerSecond));
}
