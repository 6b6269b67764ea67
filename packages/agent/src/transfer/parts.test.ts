import assert from "node:assert/strict";
import { test } from "node:test";
import { joinBytes } from "@coeval/core/model/bytes";
import { inParts } from "./parts.ts";

async function* of(...lengths: number[]): AsyncGenerator<Uint8Array> {
  let next = 0;
  for (const length of lengths) yield new Uint8Array(length).map(() => next++ % 251);
}

async function gathered(lengths: number[], bytesMax: number): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  for await (const { pieces, bytes } of inParts(of(...lengths), bytesMax)) {
    const part = joinBytes(pieces);
    assert.equal(part.length, bytes);
    parts.push(part);
  }
  return parts;
}

test("whatever pieces content comes in, it leaves in full parts, and in its order", async () => {
  for (const lengths of [[], [1], [10], [11], [3, 3, 3, 3], [25], [10, 10], [0, 7, 0, 7, 31]]) {
    const parts = await gathered(lengths, 10);
    const total = lengths.reduce((sum, length) => sum + length, 0);
    assert.deepEqual(
      parts.map(({ length }) => length),
      [...Array<number>(Math.floor(total / 10)).fill(10), ...(total % 10 === 0 ? [] : [total % 10])],
      lengths.join(),
    );
    assert.deepEqual(joinBytes(parts), (await Array.fromAsync(of(total)))[0], lengths.join());
  }
});
