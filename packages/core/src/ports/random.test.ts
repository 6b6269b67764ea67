import assert from "node:assert/strict";
import { test } from "node:test";
import { newId } from "./random.ts";

const random = (fill: (index: number) => number) => ({
  bytes: (length: number) => Uint8Array.from({ length }, (_, index) => fill(index)),
});

test("an identifier is its prefix and sixteen characters that hold every bit of ten bytes", () => {
  assert.equal(
    newId(
      random(() => 0),
      "run",
    ),
    "run-0000000000000000",
  );
  assert.equal(
    newId(
      random(() => 255),
      "run",
    ),
    "run-zzzzzzzzzzzzzzzz",
  );
  const ids = new Set<string>();
  for (let bit = 0; bit < 80; bit++) {
    const id = newId(
      random((index) => (index === bit >> 3 ? 1 << (bit & 7) : 0)),
      "point",
    );
    assert.match(id, /^point-[0-9a-z]{16}$/);
    ids.add(id);
  }
  assert.equal(ids.size, 80);
});
