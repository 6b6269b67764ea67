import assert from "node:assert/strict";
import { test } from "node:test";
import { qopsOf, serverPrincipal } from "./mechanism.ts";
import { encryptionKeyCredentials, tokenCredentials } from "./tokens.ts";

test("protections are read in the order of preference", () => {
  assert.deepEqual(qopsOf("privacy"), ["auth-conf"]);
  assert.deepEqual(qopsOf("Integrity, authentication"), ["auth-int", "auth"]);
  assert.throws(
    () => qopsOf("secret"),
    /"secret" is no protection; use authentication, integrity or privacy/,
  );
  assert.throws(() => qopsOf(""), /"" is no protection/);
});

test("_HOST of a principal stands for the host that one connects to", () => {
  const meant = { service: "nn", host: "a.example", realm: "EXAMPLE" };
  assert.deepEqual(serverPrincipal("nn/_HOST@EXAMPLE", "A.example"), meant);
  assert.deepEqual(serverPrincipal("nn/a.example@EXAMPLE", "10.0.0.1"), meant);
  assert.deepEqual(serverPrincipal("nn/_HOST", "b"), { service: "nn", host: "b", realm: null });
  for (const text of ["nn", "nn@EXAMPLE", "", "nn/a/b@EXAMPLE", "nn/_HOST@"]) {
    assert.throws(() => serverPrincipal(text, "a"), /is no principal of a service/, text);
  }
});

test("tokens and keys become names and passwords as Java makes them", () => {
  const token = { identifier: Uint8Array.of(0, 1, 0xff), password: Uint8Array.of(0xfb, 0xef) };
  assert.deepEqual(tokenCredentials(token), { kind: "password", userName: "AAH/", password: "++8=" });
  const key = {
    keyId: -7,
    blockPoolId: "BP-1-127.0.0.1-2",
    nonce: Uint8Array.of(1, 2, 3),
    encryptionKey: Uint8Array.of(4),
  };
  assert.deepEqual(encryptionKeyCredentials(key), {
    kind: "password",
    userName: "-7 BP-1-127.0.0.1-2 AQID",
    password: "BA==",
  });
});
