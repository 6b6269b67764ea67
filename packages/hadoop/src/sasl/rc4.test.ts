import assert from "node:assert/strict";
import { test } from "node:test";
import { ascii } from "./digest-secrets.ts";
import { rc4 } from "./rc4.ts";

test("RC4 gives the streams that are published for it", () => {
  assert.equal(rc4(ascii("Key")).update(ascii("Plaintext")).toHex(), "bbf316e8d940af0ad3");
  assert.equal(rc4(ascii("Wiki")).update(ascii("pedia")).toHex(), "1021bf0420");
  // RFC 6229, key of 128 bits, offset 0.
  const key = Uint8Array.from({ length: 16 }, (_, index) => index + 1);
  assert.equal(rc4(key).update(new Uint8Array(16)).toHex(), "9ac7cc9a609d1ef7b2932899cde41b97");
});

test("RC4 goes on where it ended", () => {
  const whole = rc4(ascii("Key"));
  const parts = rc4(ascii("Key"));
  const bytes = ascii("Attack at dawn");
  const joined = [...parts.update(bytes.subarray(0, 5)), ...parts.update(bytes.subarray(5))];
  assert.deepEqual(Uint8Array.from(joined), whole.update(bytes));
});
