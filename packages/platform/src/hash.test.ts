import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { createHash, createSignatureCheck, createSigner } from "./hash.ts";

const pem = { type: "pkcs8", format: "pem" } as const;
const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export(pem).toString();
const ed25519 = generateKeyPairSync("ed25519").privateKey.export(pem).toString();
const bytes = Buffer.from("what is signed");
const check = createSignatureCheck();

test("SHA-256, in pieces, of bytes and of text in UTF-8", () => {
  const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  assert.equal(createHash().sha256().update("a").update(Buffer.from("bc")).hex(), abc);
  assert.equal(
    createHash().sha256().update("é").hex(),
    createHash().sha256().update(Uint8Array.of(0xc3, 0xa9)).hex(),
  );
});

for (const [name, key] of Object.entries({ p256, ed25519 })) {
  test(`${name}: a signature holds for its bytes and its key only`, () => {
    const signer = createSigner(key);
    const signature = signer.sign(bytes);
    assert.equal(check.verify(signer.publicKey, bytes, signature), true);
    assert.equal(check.verify(signer.publicKey, Buffer.from("something else"), signature), false);
    const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export(pem).toString();
    assert.equal(check.verify(createSigner(other).publicKey, bytes, signature), false);
  });
}

test("malformed keys and signatures are false, never an error", () => {
  const signer = createSigner(p256);
  const { publicKey } = signer;
  const signature = signer.sign(bytes);
  for (const bad of [
    "",
    "!",
    "AAAA",
    `${signature}\n`,
    ` ${signature}`,
    `${signature}AAAA`,
    signature.slice(4),
  ]) {
    assert.equal(check.verify(publicKey, bytes, bad), false, bad);
  }
  const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" })
    .publicKey.export({ type: "spki", format: "pem" })
    .toString();
  for (const bad of ["", "x", publicKey.slice(0, 80), p256, p384])
    assert.equal(check.verify(bad, bytes, signature), false, bad);
});

test("a key of another kind does not sign", () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export(pem).toString();
  assert.throws(() => createSigner(rsa), /P-256 or Ed25519/);
  assert.throws(() => createSigner("nonsense"), /not readable/);
});
