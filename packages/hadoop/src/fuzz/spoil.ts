/** Spoils bytes as a broken or hostile server would: bits and bytes, lengths that lie, parts cut out, doubled, put
 * elsewhere or taken from another recording. */
import type { Chance } from "./chance.ts";

/** Of a spoilt frame: doubling ends here. */
export const SPOILT_BYTES_MAX = 64 * 1024;
const CHANGES_MAX = 4;
const RANDOM_BYTES_MAX = 300;
const PART_BYTES_MAX = 64;
const DOUBLINGS_MAX = 2_000;

/** Bytes at the edges of what lengths, tags and texts may be. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x22, 0x2c, 0x3c, 0x7b, 0x7d];
/** Varints and fixed numbers at the edges: 2^31 - 1, 2^32 - 1, 2^63, -1, one without end. */
const NUMBERS = [
  "ffffffff07",
  "ffffffff0f",
  "80808080808080808001",
  "ffffffffffffffffff01",
  "ffffffffffffffffffffff",
  "7fffffff",
  "80000000",
  "00ffffff",
  "7fffffffffffffff",
].map((hex) => Uint8Array.fromHex(hex));

type Change = (bytes: Uint8Array, chance: Chance, others: readonly Uint8Array[]) => Uint8Array;

/** What becomes of `seed`; now and then it stays as it is. `others`: recordings to take parts from. */
export function spoil(seed: Uint8Array, chance: Chance, others: readonly Uint8Array[] = [seed]): Uint8Array {
  if (chance.once(64)) return seed.slice();
  let bytes: Uint8Array = seed.slice();
  const changes = 1 + chance.below(CHANGES_MAX);
  for (let change = 0; change < changes; change++)
    bytes = chance.of(CHANGES)(bytes, chance, others).subarray(0, SPOILT_BYTES_MAX);
  return bytes;
}

const CHANGES: readonly Change[] = [
  (bytes, chance) => changed(bytes, chance, (old) => old ^ (1 << chance.below(8))),
  (bytes, chance) => changed(bytes, chance, () => chance.below(256)),
  (bytes, chance) => changed(bytes, chance, () => chance.of(EDGES)),
  (bytes, chance) => changed(bytes, chance, (old) => old + (chance.once(2) ? 1 : -1)),
  (bytes, chance) => bytes.slice(0, chance.below(bytes.length + 1)),
  (bytes, chance) => replaced(bytes, chance, chance.of(NUMBERS)),
  (bytes, chance) => inserted(bytes, chance, chance.of(NUMBERS)),
  (bytes, chance) => inserted(bytes, chance, random(chance, PART_BYTES_MAX)),
  (bytes, chance) => {
    const [from, to] = part(bytes, chance);
    return joined(bytes.subarray(0, from), bytes.subarray(to));
  },
  (bytes, chance, others) => {
    const other = chance.of(others);
    const [from, to] = part(other, chance);
    return inserted(bytes, chance, other.subarray(from, to));
  },
  (bytes, chance) => {
    const [from, to] = part(bytes, chance);
    const times = chance.once(32) ? chance.below(DOUBLINGS_MAX) : 1 + chance.below(3);
    const repeats = Array.from({ length: times }, () => bytes.subarray(from, to));
    return joined(bytes.subarray(0, to), ...repeats, bytes.subarray(to));
  },
  (bytes, chance) => (chance.once(8) ? random(chance, RANDOM_BYTES_MAX) : bytes),
];

function changed(bytes: Uint8Array, chance: Chance, to: (old: number) => number): Uint8Array {
  if (bytes.length === 0) return bytes;
  const at = chance.below(bytes.length);
  bytes[at] = to(bytes[at] as number);
  return bytes;
}

function replaced(bytes: Uint8Array, chance: Chance, by: Uint8Array): Uint8Array {
  const at = chance.below(bytes.length + 1);
  return joined(bytes.subarray(0, at), by, bytes.subarray(at + by.length));
}

function inserted(bytes: Uint8Array, chance: Chance, more: Uint8Array): Uint8Array {
  const at = chance.below(bytes.length + 1);
  return joined(bytes.subarray(0, at), more, bytes.subarray(at));
}

function part(bytes: Uint8Array, chance: Chance): [from: number, to: number] {
  const from = chance.below(bytes.length + 1);
  return [from, Math.min(bytes.length, from + 1 + chance.below(PART_BYTES_MAX))];
}

function random(chance: Chance, bytesMax: number): Uint8Array {
  return Uint8Array.from({ length: chance.below(bytesMax) }, () => chance.below(256));
}

/** No longer than they may be: no memory is asked for beyond it. */
function joined(...pieces: readonly Uint8Array[]): Uint8Array {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const whole = new Uint8Array(Math.min(length, SPOILT_BYTES_MAX));
  let at = 0;
  for (const piece of pieces) {
    if (at === whole.length) break;
    const fitting = piece.subarray(0, whole.length - at);
    whole.set(fitting, at);
    at += fitting.length;
  }
  return whole;
}
