import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonical, type Json } from "./canonical.ts";

test("keys are sorted, spaces and undefined members are not there", () => {
  assert.equal(
    canonical({ b: 1, a: [true, null, "x"], c: undefined, B: { d: {} } }),
    '{"B":{"d":{}},"a":[true,null,"x"],"b":1}',
  );
});

test("one value has one text, whatever the order in which its members were set", () => {
  const shuffled = (value: Json): Json => {
    if (Array.isArray(value)) return value.map((item) => shuffled(item as Json));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, member]) => [key, shuffled(member as Json)]),
    );
  };
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonical(value as Json);
      assert.equal(canonical(shuffled(value as Json)), text);
      assert.equal(canonical(JSON.parse(text) as Json), text);
      assert.equal(JSON.stringify(JSON.parse(text)).length, text.length);
    }),
    { seed: 3, numRuns: 1000 },
  );
});

test("different values have different texts", () => {
  const texts = [
    {},
    [],
    null,
    "",
    "{}",
    0,
    false,
    { a: null },
    { a: {} },
    [null],
    [[]],
    { "": 0 },
    "\u2028",
  ].map((v) => canonical(v as Json));
  assert.equal(new Set(texts).size, texts.length);
});

test("a number that JSON cannot hold is refused rather than written as null", () => {
  for (const number of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
    assert.throws(() => canonical({ deep: [number] }), RangeError);
});
