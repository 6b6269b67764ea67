/** Checksums as they travel and lie on disk: one CRC for each chunk of a block. A whole packet is checked with one
 * pass over its bytes, however they are cut up, and looked at chunk by chunk only when that fails. */
import { type CrcKind, type CrcShift, crcJoined, crcOf, crcShift } from "./crc.ts";

/** How the bytes of a block are summed. */
export interface ChunkSums {
  /** Null for blocks written without checksums: nothing is verified then. */
  readonly kind: CrcKind | null;
  readonly bytesPerChunk: number;
  /** The length of one sum: 4, or 0 without checksums. */
  readonly sumBytes: number;
  /** How many bytes of sums `dataBytes` bytes have that begin at a chunk's first byte. */
  sumsOf(dataBytes: number): number;
  /** Writes the sums of `data`, which begins at a chunk's first byte, to `sums`. */
  write(data: Uint8Array, sums: Uint8Array): void;
  /** True when the `sums` are those of the `segments`, which together begin at a chunk's first byte. */
  verify(segments: readonly Uint8Array[], sums: Uint8Array): boolean;
  /** The offset of the first chunk whose sum is wrong, or -1. */
  firstBad(segments: readonly Uint8Array[], sums: Uint8Array): number;
}

const CRC_BYTES = 4;

/** `bytesPerChunk` is a whole number from 1. */
export function createChunkSums(kind: CrcKind | null, bytesPerChunk: number): ChunkSums {
  const sumBytes = kind === null ? 0 : CRC_BYTES;
  const sumsOf = (dataBytes: number): number => Math.ceil(dataBytes / bytesPerChunk) * sumBytes;
  if (kind === null) {
    return { kind, bytesPerChunk, sumBytes, sumsOf, write() {}, verify: () => true, firstBad: () => -1 };
  }
  // Made when first needed: small files of one chunk never are.
  let wholeChunk: CrcShift | null = null;
  const expected = (sums: Uint8Array, dataBytes: number): number => {
    let crc = 0;
    let at = 0;
    let left = dataBytes;
    for (; left > bytesPerChunk; left -= bytesPerChunk, at += CRC_BYTES) {
      if (crc !== 0) {
        wholeChunk ??= crcShift(kind, bytesPerChunk);
        crc = wholeChunk(crc);
      }
      crc = (crc ^ readSum(sums, at)) >>> 0;
    }
    if (left === 0) return crc;
    if (crc === 0) return readSum(sums, at);
    return crcJoined(kind, crc, readSum(sums, at), left);
  };
  return {
    kind,
    bytesPerChunk,
    sumBytes,
    sumsOf,
    write(data, sums) {
      for (let from = 0, at = 0; from < data.length; from += bytesPerChunk, at += CRC_BYTES) {
        writeSum(sums, at, crcOf(kind, data.subarray(from, from + bytesPerChunk)));
      }
    },
    verify(segments, sums) {
      let crc = 0;
      let length = 0;
      for (const segment of segments) {
        crc = crcOf(kind, segment, crc);
        length += segment.length;
      }
      return sums.length === sumsOf(length) && crc === expected(sums, length);
    },
    firstBad(segments, sums) {
      const data = segments.length === 1 ? (segments[0] as Uint8Array) : joined(segments);
      for (let from = 0, at = 0; from < data.length; from += bytesPerChunk, at += CRC_BYTES) {
        const crc = crcOf(kind, data.subarray(from, from + bytesPerChunk));
        if (at + CRC_BYTES > sums.length || crc !== readSum(sums, at)) return from;
      }
      return -1;
    },
  };
}

/** Made once for each way of summing, since the arithmetic of chunks takes some 20 µs to prepare. */
export type ChunkSumsMaker = (kind: CrcKind | null, bytesPerChunk: number) => ChunkSums;

/** A cluster has one or two ways of summing; a server that makes up more is served without keeping them. */
const KEPT_MAX = 16;

export function createChunkSumsMaker(): ChunkSumsMaker {
  const kept = new Map<string, ChunkSums>();
  return (kind, bytesPerChunk) => {
    const key = `${kind} ${bytesPerChunk}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const made = createChunkSums(kind, bytesPerChunk);
    if (kept.size < KEPT_MAX) kept.set(key, made);
    return made;
  };
}

function readSum(sums: Uint8Array, at: number): number {
  const high = ((sums[at] as number) << 24) | ((sums[at + 1] as number) << 16);
  return (high | ((sums[at + 2] as number) << 8) | (sums[at + 3] as number)) >>> 0;
}

function writeSum(sums: Uint8Array, at: number, crc: number): void {
  sums[at] = crc >>> 24;
  sums[at + 1] = crc >>> 16;
  sums[at + 2] = crc >>> 8;
  sums[at + 3] = crc;
}

/** The segments as one array. */
export function joined(segments: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(segments.reduce((length, segment) => length + segment.length, 0));
  let at = 0;
  for (const segment of segments) {
    whole.set(segment, at);
    at += segment.length;
  }
  return whole;
}
