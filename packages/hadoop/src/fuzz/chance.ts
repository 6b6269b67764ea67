/** Chance that is the same again for the same seed: every frame of a fuzzer draws from its own, so one can be repeated
 * without those before it. */

export interface Chance {
  /** A whole number from 0 to `below` - 1; `below` from 1 to 2^32. */
  below(below: number): number;
  /** True in one of `times` cases. */
  once(times: number): boolean;
  /** One of the items, of which there must be one. */
  of<T>(items: readonly T[]): T;
}

/** Of frame `frame` of the decoder `name`. sfc32 of PractRand, seeded by a hash (FNV-1a) of the three. */
export function createChance(seed: number, name: string, frame: number): Chance {
  let hash = 0x81_1c_9d_c5;
  for (const char of `${seed} ${name} ${frame}`)
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01_00_01_93);
  let [a, b, c, counter] = [hash, Math.imul(hash, 0x9e_37_79_b1), ~hash, 1];
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let round = 0; round < WARM_UP; round++) next();
  const below = (bound: number): number => Math.floor((next() / 2 ** 32) * bound);
  return {
    below,
    once: (times) => below(times) === 0,
    of: <T>(items: readonly T[]): T => items[below(items.length)] as T,
  };
}

const WARM_UP = 8;
