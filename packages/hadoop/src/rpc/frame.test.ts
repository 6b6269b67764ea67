import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BadFrame, createFrameReader, lengthPrefix } from "./frame.ts";

const FRAME_BYTES_MAX = 1000;

function framed(messages: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(messages.flatMap((message) => [...lengthPrefix(message.length), ...message]));
}

test("frames come out whole, however the bytes were cut on their way", () => {
  const messages = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 });
  fc.assert(
    fc.property(messages, fc.array(fc.nat(12)), (sent, cuts) => {
      const reader = createFrameReader(FRAME_BYTES_MAX);
      const bytes = framed(sent);
      const got: Uint8Array[] = [];
      let at = 0;
      for (const length of [...cuts, bytes.length]) {
        got.push(...reader.push(bytes.subarray(at, at + length)));
        at += length;
      }
      assert.deepEqual(
        got.map((frame) => [...frame]),
        sent.map((frame) => [...frame]),
      );
      assert.equal(reader.midFrame, false);
    }),
    { numRuns: 500 },
  );
});

test("a length that cannot be is refused before anything is kept for it", () => {
  for (const length of [FRAME_BYTES_MAX + 1, 0x7f_ff_ff_ff, -1, -0x80_00_00_00]) {
    const reader = createFrameReader(FRAME_BYTES_MAX);
    assert.throws(() => reader.push(lengthPrefix(length)), BadFrame, String(length));
  }
  assert.deepEqual(createFrameReader(FRAME_BYTES_MAX).push(lengthPrefix(FRAME_BYTES_MAX)), []);
});

test("a frame under way is told", () => {
  const reader = createFrameReader(FRAME_BYTES_MAX);
  assert.equal(reader.midFrame, false);
  assert.deepEqual(reader.push(Uint8Array.of(0, 0)), []);
  assert.equal(reader.midFrame, true);
  assert.equal(reader.push(Uint8Array.of(0, 1, 9)).length, 1);
  assert.equal(reader.midFrame, false);
});
