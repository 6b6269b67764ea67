/** How many calls one caller may make: a bucket of tokens that fills steadily. Keeps one broken script from starving the rest. */
import type { Clock } from "@coeval/core/ports/clock";

export interface RateLimit {
  /** Takes one call of `key`. @returns 0 when it may go on, else the seconds to wait. */
  take(key: string): number;
}

/** Calls that may come at once. */
export const CALLS_AT_ONCE_MAX = 300;
/** Calls a second in the long run. */
export const CALLS_PER_SECOND_MAX = 100;
/** Callers remembered; the one that was silent longest is forgotten, and starts anew with a full bucket. */
const CALLERS_MAX = 10_000;

export function createRateLimit(clock: Pick<Clock, "elapsedMs">): RateLimit {
  const buckets = new Map<string, { left: number; atMs: number }>();
  return {
    take(key) {
      const now = clock.elapsedMs();
      const old = buckets.get(key) ?? { left: CALLS_AT_ONCE_MAX, atMs: now };
      const filled = old.left + ((now - old.atMs) / 1000) * CALLS_PER_SECOND_MAX;
      const left = Math.min(CALLS_AT_ONCE_MAX, filled);
      buckets.delete(key);
      buckets.set(key, { left: left >= 1 ? left - 1 : left, atMs: now });
      if (buckets.size > CALLERS_MAX) buckets.delete(buckets.keys().next().value as string);
      return left >= 1 ? 0 : Math.ceil((1 - left) / CALLS_PER_SECOND_MAX);
    },
  };
}
