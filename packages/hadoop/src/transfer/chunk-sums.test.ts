/** Sums of chunks: what is written verifies, and no changed bit does. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { createChunkSums } from "./chunk-sums.ts";
import { type CrcKind, crcOf } from "./crc.ts";

const kinds = fc.constantFrom<CrcKind>("crc32", "crc32c");
const chunk = fc.integer({ min: 1, max: 40 });
const content = fc.uint8Array({ minLength: 1, maxLength: 400 });

/** `data` cut at random places. */
function cut(data: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [...new Set(places.map((place) => place % data.length))].sort((a, b) => a - b);
  return [0, ...at].map((from, index) => data.subarray(from, at[index] ?? data.length));
}

describe("sums of chunks", () => {
  test("one big-endian CRC a chunk, the last one of what is left", () => {
    const sums = createChunkSums("crc32c", 4);
    const data = new TextEncoder().encode("abcdefghij");
    const written = new Uint8Array(sums.sumsOf(data.length));
    sums.write(data, written);
    const view = new DataView(written.buffer);
    const crcs = [0, 4, 8].map((at) => view.getUint32(at));
    const parts = ["abcd", "efgh", "ij"].map((part) => crcOf("crc32c", new TextEncoder().encode(part)));
    assert.deepEqual(crcs, parts);
  });

  test("what was written verifies, however the bytes are cut up", () => {
    fc.assert(
      fc.property(kinds, chunk, content, fc.array(fc.nat()), (kind, bytesPerChunk, data, places) => {
        const sums = createChunkSums(kind, bytesPerChunk);
        const written = new Uint8Array(sums.sumsOf(data.length));
        sums.write(data, written);
        assert.equal(sums.verify(cut(data, places), written), true);
        assert.equal(sums.firstBad(cut(data, places), written), -1);
      }),
    );
  });

  test("a changed bit is found and its chunk named", () => {
    fc.assert(
      fc.property(kinds, chunk, content, fc.nat(), (kind, bytesPerChunk, data, place) => {
        const sums = createChunkSums(kind, bytesPerChunk);
        const written = new Uint8Array(sums.sumsOf(data.length));
        sums.write(data, written);
        const at = place % data.length;
        data[at] = (data[at] as number) ^ (1 << (place % 8));
        assert.equal(sums.verify([data], written), false);
        assert.equal(sums.firstBad([data], written), at - (at % bytesPerChunk));
      }),
    );
  });

  test("too few or too many sums never verify", () => {
    const sums = createChunkSums("crc32c", 512);
    const data = new Uint8Array(1_000).fill(7);
    const written = new Uint8Array(8);
    sums.write(data, written);
    assert.equal(sums.verify([data], written.subarray(0, 4)), false);
    assert.equal(sums.verify([data], new Uint8Array(12)), false);
    assert.equal(sums.verify([data], written), true);
  });

  test("a block without checksums is taken as it is", () => {
    const sums = createChunkSums(null, 512);
    assert.equal(sums.sumsOf(5_000), 0);
    assert.equal(sums.verify([new Uint8Array(3)], new Uint8Array()), true);
  });
});
