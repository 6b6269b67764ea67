import assert from "node:assert/strict";
import { test } from "node:test";
import { type Arrivals, createArrivals } from "./arrivals.ts";

const READ_AHEAD_BYTES = 1024 * 1024;
/** The first block; they double while each is filled at once. */
const FIRST_BYTES = 64 * 1024;

/** The kernel fills all that it is given, with the next numbers. */
function fill(arrivals: Arrivals, from: number): number {
  const memory = arrivals.free();
  for (let at = 0; at < memory.length; at++) memory[at] = (from + at) % 251;
  arrivals.came(memory.length);
  return from + memory.length;
}

function taken(arrivals: Arrivals): Uint8Array {
  const bytes = arrivals.take();
  assert.ok(bytes !== null, "nothing has come");
  return bytes;
}

/** Reads until blocks have grown to their full size; the number that comes next. */
function grown(arrivals: Arrivals): number {
  let next = 0;
  for (let block = 0; block < 5; block++) {
    next = fill(arrivals, next);
    taken(arrivals);
  }
  return next;
}

test("memory is filled again when all of it was given back, in whatever parts and order", () => {
  const arrivals = createArrivals(READ_AHEAD_BYTES);
  let next = grown(arrivals);
  const memory = new Set<ArrayBufferLike>();
  for (let block = 0; block < 50; block++) {
    const first = next;
    next = fill(arrivals, next);
    const bytes = taken(arrivals);
    memory.add(bytes.buffer);
    assert.ok(bytes.every((byte, at) => byte === (first + at) % 251));
    const middle = bytes.length / 2;
    arrivals.giveBack(bytes.subarray(middle));
    arrivals.giveBack(bytes.subarray(0, middle));
  }
  assert.equal(memory.size, 2);
});

test("while a single byte of it is held, memory is left alone", () => {
  const arrivals = createArrivals(READ_AHEAD_BYTES);
  let next = grown(arrivals);
  const held: { readonly byte: Uint8Array; readonly value: number | undefined }[] = [];
  for (let block = 0; block < 20; block++) {
    next = fill(arrivals, next);
    const bytes = taken(arrivals);
    held.push({ byte: bytes.subarray(7, 8), value: bytes[7] });
    arrivals.giveBack(bytes.subarray(0, 7));
    arrivals.giveBack(bytes.subarray(8));
  }
  assert.equal(new Set(held.map(({ byte }) => byte.buffer)).size, 20);
  for (const { byte, value } of held) assert.equal(byte[0], value);
});

test("what was not taken yet is not filled over", () => {
  const arrivals = createArrivals(READ_AHEAD_BYTES);
  let next = grown(arrivals);
  const first = next;
  next = fill(arrivals, next);
  const some = taken(arrivals);
  fill(arrivals, next);
  arrivals.giveBack(some);
  // The one given back may be filled now, the one that waits may not.
  fill(arrivals, 0);
  const waiting = taken(arrivals);
  assert.ok(waiting.every((byte, at) => byte === (first + some.length + at) % 251));
});

test("bytes that never came from here are not its business; the same bytes twice are a mistake that is told", () => {
  const arrivals = createArrivals(READ_AHEAD_BYTES);
  arrivals.giveBack(Uint8Array.of(1));
  fill(arrivals, 0);
  const bytes = taken(arrivals);
  assert.equal(bytes.length, FIRST_BYTES);
  arrivals.giveBack(bytes.subarray(0, 0));
  arrivals.giveBack(bytes);
  assert.throws(() => arrivals.giveBack(bytes), /given back twice/);
});

test("a reader that is behind by so much pauses the socket", () => {
  const arrivals = createArrivals(FIRST_BYTES + 1);
  arrivals.free();
  assert.equal(arrivals.came(FIRST_BYTES), true);
  arrivals.free();
  assert.equal(arrivals.came(1), false);
});
