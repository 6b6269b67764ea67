/** The arithmetic of CRCs against CRCs computed over the bytes themselves. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type CrcKind, crcJoined, crcOf, crcShift } from "./crc.ts";

const kinds = fc.constantFrom<CrcKind>("crc32", "crc32c");
const piece = fc.uint8Array({ maxLength: 2_000 });

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

describe("CRC", () => {
  test("the check values of both kinds", () => {
    const digits = new TextEncoder().encode("123456789");
    assert.equal(crcOf("crc32c", digits), 0xe3069283);
    assert.equal(crcOf("crc32", digits), 0xcbf43926);
    assert.equal(crcOf("crc32", new Uint8Array()), 0);
  });

  test("goes on where an earlier piece ended", () => {
    fc.assert(
      fc.property(kinds, piece, piece, (kind, first, second) => {
        assert.equal(crcOf(kind, second, crcOf(kind, first)), crcOf(kind, joined(first, second)));
      }),
    );
  });

  test("of two pieces follows from their own, by arithmetic and by table", () => {
    fc.assert(
      fc.property(kinds, piece, piece, (kind, first, second) => {
        const whole = crcOf(kind, joined(first, second));
        const [one, other] = [crcOf(kind, first), crcOf(kind, second)];
        assert.equal(crcJoined(kind, one, other, second.length), whole);
        assert.equal((crcShift(kind, second.length)(one) ^ other) >>> 0, whole);
      }),
    );
  });

  test("lengths beyond 32 bits are not cut", () => {
    const far = 2 ** 33 + 3;
    const near = crcJoined("crc32c", crcJoined("crc32c", 77, 0, 2 ** 33), 0, 3);
    assert.equal(crcJoined("crc32c", 77, 0, far), near);
    assert.notEqual(crcJoined("crc32c", 77, 0, far), crcJoined("crc32c", 77, 0, 3));
  });
});
