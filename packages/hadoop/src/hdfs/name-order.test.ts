import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareNames } from "./name-order.ts";

/** DFSUtilClient.compareBytes, literally. */
function compareSignedBytes(a: string, b: string): number {
  const [left, right] = [a, b].map((name) => new Int8Array(new TextEncoder().encode(name).buffer));
  if (left === undefined || right === undefined) throw new Error("unreachable");
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

const name = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("a", "~", "é", "～", "😀", "😁") }),
);

test("names are ordered as HDFS orders their bytes", () => {
  fc.assert(
    fc.property(name, name, (a, b) => {
      assert.equal(Math.sign(compareNames(a, b)), Math.sign(compareSignedBytes(a, b)));
    }),
    { numRuns: 2000 },
  );
});

test("every name beyond ASCII comes before every ASCII one", () => {
  assert.deepEqual(["b", "a", "😀", "ü", "ab"].toSorted(compareNames), ["ü", "😀", "a", "ab", "b"]);
});
