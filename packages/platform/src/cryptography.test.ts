import assert from "node:assert/strict";
import { test } from "node:test";
import { createCryptography } from "./cryptography.ts";

const { md5, hmacMd5, tripleDesCbc, aesCtr, secretBytes } = createCryptography();
const bytes = (hex: string): Uint8Array => Uint8Array.fromHex(hex);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const hex = (value: Uint8Array): string => Buffer.from(value).toString("hex");

test("hashes take their parts as one text", () => {
  assert.equal(hex(md5(text("a"), text("bc"))), "900150983cd24fb0d6963f7d28e17f72");
  // RFC 2202, test case 2.
  const sum = hmacMd5(text("Jefe"), text("what do ya "), text("want for nothing?"));
  assert.equal(hex(sum), "750c783e6ab0b503eaa86e310a5db738");
});

test("triple DES goes on where the last call ended, and back", () => {
  const key = bytes("0123456789abcdef23456789abcdef01456789abcdef0123");
  const iv = bytes("f69f2445df4f9b17");
  const plain = bytes("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c");
  const seal = tripleDesCbc("encrypt", key, iv);
  const sealed = Buffer.concat([seal.update(plain.subarray(0, 8)), seal.update(plain.subarray(8))]);
  // NIST SP 800-20's example, chained (SP 800-38A's form).
  assert.equal(hex(sealed), hex(tripleDesCbc("encrypt", key, iv).update(plain)));
  assert.equal(hex(tripleDesCbc("decrypt", key, iv).update(sealed)), hex(plain));
  assert.notEqual(hex(sealed.subarray(0, 8)), hex(plain.subarray(0, 8)));
});

test("AES in counter mode is NIST's", () => {
  // SP 800-38A, F.5.1 and F.5.5.
  const counter = bytes("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
  const plain = bytes("6bc1bee22e409f96e93d7e117393172a");
  const short = aesCtr(bytes("2b7e151628aed2a6abf7158809cf4f3c"), counter);
  assert.equal(
    hex(short.update(plain.subarray(0, 3))) + hex(short.update(plain.subarray(3))),
    "874d6191b620e3261bef6864990db6ce",
  );
  const long = aesCtr(bytes("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"), counter);
  assert.equal(hex(long.update(plain)), "601ec313775789a5b7a7f504bbf3d228");
});

test("secret bytes are as many as asked for, and never the same", () => {
  assert.equal(secretBytes(24).length, 24);
  assert.notEqual(hex(secretBytes(24)), hex(secretBytes(24)));
});
