import assert from "node:assert/strict";
import { test } from "node:test";
import { joinBytes } from "@coeval/core/model/bytes";
import { inParts } from "./parts.ts";

/** Each piece is taken back when the next is asked for. */
async function* of(...lengths: number[]): AsyncGenerator<Uint8Array> {
  let next = 0;
  for (const length of lengths) {
    const piece = new Uint8Array(length).map(() => next++ % 251);
    yield piece;
    piece.fill(0xdd);
  }
}

async function gathered(lengths: number[], bytesMax: number, lengthBytes: number): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  for await (const part of inParts(of(...lengths), bytesMax, lengthBytes)) parts.push(part.slice());
  return parts;
}

test("whatever pieces content comes in, it leaves in full parts, and in its order", async () => {
  for (const lengths of [[], [1], [10], [11], [3, 3, 3, 3], [25], [10, 10], [0, 7, 0, 7, 31]]) {
    const total = lengths.reduce((sum, length) => sum + length, 0);
    const parts = await gathered(lengths, 10, total);
    assert.deepEqual(
      parts.map(({ length }) => length),
      [...Array<number>(Math.floor(total / 10)).fill(10), ...(total % 10 === 0 ? [] : [total % 10])],
      lengths.join(),
    );
    assert.deepEqual(joinBytes(parts), joinBytes(await gathered([total], total, total)), lengths.join());
  }
});

test("a part takes no more memory than there will be, and more than was said comes all the same", async () => {
  const parts = await gathered([3, 3], 10, 4);
  assert.deepEqual(parts, [Uint8Array.of(0, 1, 2, 3), Uint8Array.of(4, 5)]);
});
