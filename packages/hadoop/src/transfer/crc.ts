/** CRC-32 in the two forms that HDFS stores, and its arithmetic: the sum of two joined pieces follows from their own
 * sums. Source: DataChecksum, CrcUtil and CrcComposer of Hadoop 3.4.2. */
import { crc32, crc32c } from "@node-rs/crc32";

/** `crc32c` (Castagnoli) is what HDFS writes unless `dfs.checksum.type` says `CRC32`. */
export type CrcKind = "crc32" | "crc32c";

/** Reflected polynomials. */
const POLYNOMIALS: Readonly<Record<CrcKind, number>> = { crc32: 0xedb88320, crc32c: 0x82f63b78 };

/** The CRC of `bytes`, unsigned; with `before` the CRC of what came before and `bytes` together. */
export function crcOf(kind: CrcKind, bytes: Uint8Array, before = 0): number {
  return kind === "crc32c" ? crc32c(bytes, before) : crc32(bytes, before);
}

/** Makes of the CRC of a piece the CRC of that piece followed by others, but for those others' own CRC. */
export type CrcShift = (crc: number) => number;

/** The shift over `lengthBytes` (a whole number from 0) that follow. Making one costs some tens of µs, using it some ns:
 * `joined = shift(first) ^ second`. */
export function crcShift(kind: CrcKind, lengthBytes: number): CrcShift {
  const polynomial = POLYNOMIALS[kind];
  const factor = powerOfX(lengthBytes, polynomial);
  // One table a byte of the CRC: the shift is linear, so the parts may be shifted each for itself.
  const tables = [0, 8, 16, 24].map((bit) => {
    const table = new Int32Array(256);
    for (let single = 1; single < 256; single *= 2) {
      const shifted = multiply(factor, (single << bit) >>> 0, polynomial);
      for (let rest = 0; rest < single; rest++) table[single + rest] = shifted ^ (table[rest] ?? 0);
    }
    return table;
  });
  const [low, second, third, high] = tables as [Int32Array, Int32Array, Int32Array, Int32Array];
  return (crc) =>
    ((low[crc & 255] as number) ^
      (second[(crc >>> 8) & 255] as number) ^
      (third[(crc >>> 16) & 255] as number) ^
      (high[crc >>> 24] as number)) >>>
    0;
}

/** The CRC of two joined pieces from their own; `secondLengthBytes` from 0 to 2^53 - 1. */
export function crcJoined(kind: CrcKind, first: number, second: number, secondLengthBytes: number): number {
  const polynomial = POLYNOMIALS[kind];
  return (multiply(powerOfX(secondLengthBytes, polynomial), first, polynomial) ^ second) >>> 0;
}

/** x^(8 · bytes) modulo the polynomial; the highest bit stands for x^0. */
function powerOfX(bytes: number, polynomial: number): number {
  let power = 0x80000000;
  // x^8, squared once for each binary digit of the length.
  let square = 0x00800000;
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power = multiply(square, power, polynomial);
    square = multiply(square, square, polynomial);
  }
  return power;
}

/** The product of two polynomials modulo a third, all reflected. */
function multiply(one: number, other: number, polynomial: number): number {
  let product = 0;
  let shifted = other;
  for (let bit = 0x80000000; bit !== 0; bit >>>= 1) {
    if ((one & bit) !== 0) product ^= shifted;
    shifted = (shifted & 1) === 1 ? (shifted >>> 1) ^ polynomial : shifted >>> 1;
  }
  return product >>> 0;
}
