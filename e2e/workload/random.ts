// A repeatable stream of choices from a seed (mulberry32), so that a failing history can be run again.

export interface Chance {
  /** 0 ≤ number < 1. */
  next(): number;
  /** A whole number, 0 ≤ n < below. */
  below(below: number): number;
  /** One of the things given, which must not be empty. */
  pick<T>(of: readonly T[]): T;
  /** A stream of its own, for a part that runs beside others. */
  fork(): Chance;
}

export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    next,
    below,
    pick<T>(of: readonly T[]): T {
      if (of.length === 0) throw new RangeError("nothing to pick from");
      return of[below(of.length)] as T;
    },
    fork: () => chance(below(4_294_967_296)),
  };
}
