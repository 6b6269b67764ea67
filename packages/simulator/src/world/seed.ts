/** Chance from a seed: xoshiro128**, and named streams of it, so that one part's draws do not move another's. */
import type { Random } from "@coeval/core/ports/random";

export interface Seed extends Random {
  /** A fraction, 0 ≤ x < 1, of 32 random bits. */
  fraction(): number;
  /** A number, least ≤ x < most. */
  between(least: number, most: number): number;
  /** A whole number, least ≤ x ≤ most. */
  whole(least: number, most: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** One of the items. @throws RangeError when there is none. */
  pick<T>(items: readonly T[]): T;
  /** A stream of its own, the same for the same name. Drawing from one does not move the other. */
  stream(name: string): Seed;
}

/** The stream of a number and a name. */
export function seedOf(seed: number, name = ""): Seed {
  const next = xoshiro(seed, name);
  const fraction = () => next() / 2 ** 32;
  const between = (least: number, most: number) => least + (most - least) * fraction();
  const whole = (least: number, most: number) => least + Math.floor(fraction() * (most - least + 1));
  return {
    fraction,
    between,
    whole,
    chance: (probability) => fraction() < probability,
    pick(items) {
      if (items.length === 0) throw new RangeError("nothing to pick from");
      return items[whole(0, items.length - 1)] as (typeof items)[number];
    },
    bytes: (length) => Uint8Array.from({ length }, () => next() >>> 24),
    stream: (child) => seedOf(seed, `${name}/${child}`),
  };
}

/** Blackman and Vigna's xoshiro128**, its state filled by splitmix32 from seed and name. */
function xoshiro(seed: number, name: string): () => number {
  let fill = seed >>> 0;
  for (let i = 0; i < name.length; i++) fill = Math.imul(fill ^ name.charCodeAt(i), 0x01000193) >>> 0;
  const splitmix = () => {
    fill = (fill + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(fill ^ (fill >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  let [a, b, c, d] = [splitmix(), splitmix(), splitmix(), splitmix()];
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  };
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
