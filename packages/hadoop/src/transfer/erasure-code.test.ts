/** Codes and layouts: whatever is lost, within what the code bears, is computed exactly. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { erasureCodeOf } from "./erasure-code.ts";
import { addMultiple, inverse, product } from "./galois-field.ts";
import { cellPartAt, internalBytes, internalRange } from "./striped-layout.ts";

const policy = (codec: string, dataUnits: number, parityUnits: number) => ({
  ...{ id: 64, name: "test", codec, dataUnits, parityUnits, cellBytes: 8, enabled: true },
});

function codeOf(codec: string, dataUnits: number, parityUnits: number) {
  const code = erasureCodeOf(policy(codec, dataUnits, parityUnits));
  assert.ok(typeof code !== "string", String(code));
  return code;
}

/** Parity as Hadoop's encoder computes it: row `unit` of Cauchy's matrix over the data. */
function parityCell(data: readonly Uint8Array[], unit: number): Uint8Array {
  const cell = new Uint8Array(8);
  for (const [place, bytes] of data.entries()) addMultiple(cell, inverse(unit ^ place), bytes);
  return cell;
}

const cells = (count: number) =>
  fc.array(fc.uint8Array({ minLength: 8, maxLength: 8 }), { minLength: count, maxLength: count });

describe("the field", () => {
  test("is one: products, inverses, and the known product of its polynomial", () => {
    assert.equal(product(2, 128), 0x1d);
    assert.equal(product(0, 7), 0);
    for (let element = 1; element < 256; element++) assert.equal(product(element, inverse(element)), 1);
    assert.throws(() => inverse(0), RangeError);
  });
});

describe("Reed-Solomon", () => {
  test("any units as many as there is parity may be lost", () => {
    const code = codeOf("rs", 6, 3);
    fc.assert(
      fc.property(
        cells(6),
        fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8], { minLength: 6, maxLength: 6 }),
        (data, kept) => {
          const all = [...data, ...[6, 7, 8].map((unit) => parityCell(data, unit))];
          const lost = [0, 1, 2, 3, 4, 5].filter((unit) => !kept.includes(unit));
          const found = code.rebuild(
            lost,
            kept,
            kept.map((unit) => all[unit] as Uint8Array),
          );
          assert.deepEqual(
            found,
            lost.map((unit) => data[unit]),
          );
        },
      ),
    );
  });
});

describe("XOR", () => {
  test("one unit may be lost, two may not", () => {
    const code = codeOf("xor", 2, 1);
    const [one, other] = [Uint8Array.of(1, 2, 255), Uint8Array.of(7, 7, 7)];
    const parity = Uint8Array.of(6, 5, 248);
    assert.deepEqual(code.rebuild([0], [1, 2], [other, parity]), [one]);
    assert.equal(code.rebuild([0, 1], [2], [parity]), null);
  });
});

describe("a policy", () => {
  test("that is not known or not sane is refused with the reason", () => {
    assert.match(String(erasureCodeOf(policy("rs-legacy", 6, 3))), /rs-legacy/);
    assert.match(String(erasureCodeOf(policy("rs", 0, 3))), /0 and 3 units/);
    assert.match(String(erasureCodeOf(policy("rs", 14, 3))), /14 and 3 units/);
    assert.match(String(erasureCodeOf({ ...policy("rs", 3, 2), cellBytes: 2 ** 30 })), /cells of/);
  });
});

describe("the layout of a group", () => {
  const layouts = fc.record({
    dataUnits: fc.integer({ min: 1, max: 10 }),
    cellBytes: fc.integer({ min: 1, max: 9 }),
    groupBytes: fc.integer({ min: 0, max: 500 }),
  });

  test("every byte lies once in one data block, in order", () => {
    fc.assert(
      fc.property(layouts, (layout) => {
        const next = Array.from({ length: layout.dataUnits }, () => 0);
        for (let position = 0; position < layout.groupBytes; ) {
          const { unit, offsetBytes, lengthBytes } = cellPartAt(layout, position, layout.groupBytes);
          assert.equal(offsetBytes, next[unit]);
          next[unit] = offsetBytes + lengthBytes;
          position += lengthBytes;
        }
        for (const [unit, bytes] of next.entries()) assert.equal(internalBytes(layout, unit), bytes);
      }),
    );
  });

  test("a range takes from each block what its cells take", () => {
    fc.assert(
      fc.property(layouts, fc.nat(), fc.nat(), (layout, one, other) => {
        const [start, end] = [one, other].map((at) => at % (layout.groupBytes + 1)).sort((a, b) => a - b) as [
          number,
          number,
        ];
        const taken = new Map<number, { offsetBytes: number; lengthBytes: number }>();
        for (let position = start; position < end; ) {
          const part = cellPartAt(layout, position, end);
          const known = taken.get(part.unit);
          if (known === undefined)
            taken.set(part.unit, { offsetBytes: part.offsetBytes, lengthBytes: part.lengthBytes });
          else known.lengthBytes += part.lengthBytes;
          position += part.lengthBytes;
        }
        for (let unit = 0; unit < layout.dataUnits; unit++) {
          assert.deepEqual(internalRange(layout, unit, start, end), taken.get(unit) ?? null);
        }
      }),
    );
  });
});
