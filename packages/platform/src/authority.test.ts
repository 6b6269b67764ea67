import assert from "node:assert/strict";
import { createPublicKey, X509Certificate } from "node:crypto";
import { test } from "node:test";
import { CoevalError } from "@coeval/core/errors";
import {
  AUTHORITY_LIFE_MS,
  BACKDATED_MS,
  CERTIFICATE_LIFE_MS,
  createAuthority,
  openAuthority,
} from "./authority.ts";
import { certificateFacts, parseCertificate, peerNamed } from "./certificate.ts";
import { createSignatureCheck, createSigner } from "./hash.ts";
import {
  createKey,
  createRequest,
  decodeIdentity,
  encodeIdentity,
  keyPair,
  SIGNATURE_ALGORITHM,
} from "./identity.ts";
import { createRandom } from "./random.ts";
import * as x509 from "./x509.ts";

const NOW_MS = Date.UTC(2031, 4, 6, 7, 8, 9);
const world = { clock: { nowMs: () => NOW_MS }, random: createRandom() };
const text = await createAuthority(world, "control-1");
const authority = await openAuthority(world, text);
const isBadInput = (thrown: unknown) => thrown instanceof CoevalError && thrown.code === "bad-input";

test("the authority lives ten years by the clock that it is given, and certifies nothing below it", () => {
  const certificate = new X509Certificate(authority.certificate);
  assert.equal(certificate.ca, true);
  assert.equal(certificate.validToDate.getTime(), NOW_MS + AUTHORITY_LIFE_MS);
  assert.ok(certificate.verify(certificate.publicKey));
  assert.equal(authority.fingerprint, certificate.fingerprint256.replaceAll(":", "").toLowerCase());
  const constraints = new x509.X509Certificate(authority.certificate).getExtension(
    x509.BasicConstraintsExtension,
  );
  assert.deepEqual([constraints?.ca, constraints?.pathLength, constraints?.critical], [true, 0, true]);
});

test("an agent's certificate names what the enrolment says, never what the request says", async () => {
  const key = createKey();
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: "CN=coeval:control:control-1",
    keys: keyPair(key),
    signingAlgorithm: SIGNATURE_ALGORITHM,
    extensions: [
      new x509.SubjectAlternativeNameExtension([{ type: "url", value: "coeval:control:control-1" }]),
      new x509.BasicConstraintsExtension(true),
    ],
  });
  const issued = await authority.certifyAgent({ cluster: "berlin", agent: "a1" }, request.toString("pem"));
  const certificate = parseCertificate(issued.certificate);
  assert.equal(certificate.subjectAltName, "URI:coeval:agent:berlin:a1");
  assert.equal(certificate.ca, false);
  assert.deepEqual(peerNamed(certificate), {
    kind: "agent",
    cluster: "berlin",
    agent: "a1",
    fingerprint: issued.fingerprint,
  });
  assert.ok(certificate.verify(new X509Certificate(authority.certificate).publicKey));
  assert.equal(issued.expiresAtMs, NOW_MS + CERTIFICATE_LIFE_MS);
  assert.equal(certificate.validFromDate.getTime(), NOW_MS - BACKDATED_MS);
  assert.equal(issued.publicKey, createSigner(key).publicKey, "the key that it signs with");
});

test("a renewal has another serial number and the same fingerprint", async () => {
  const key = createKey();
  const names = { cluster: "berlin", agent: "a1" };
  const [one, two] = [
    await authority.certifyAgent(names, await createRequest(key)),
    await authority.certifyAgent(names, await createRequest(key)),
  ];
  assert.equal(one.fingerprint, two.fingerprint);
  const serials = [one, two].map((issued) => parseCertificate(issued.certificate).serialNumber);
  assert.notEqual(serials[0], serials[1]);
  for (const serial of serials) assert.match(serial, /^[0-7][0-9A-F]{31}$/);
});

test("requests that are no requests, not signed by their key, too long, or of another kind of key", async () => {
  const names = { cluster: "berlin", agent: "a1" };
  const good = await createRequest(createKey());
  const der = Buffer.from(good.replaceAll(/-----.*-----|\n/g, ""), "base64");
  der[der.length - 1] = (der[der.length - 1] ?? 0) ^ 1;
  const altered = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString("base64")}\n-----END CERTIFICATE REQUEST-----\n`;
  const rsa = {
    name: "RSASSA-PKCS1-v1_5",
    hash: "SHA-256",
    publicExponent: Uint8Array.of(1, 0, 1),
    modulusLength: 2048,
  };
  const keys = await crypto.subtle.generateKey(rsa, true, ["sign", "verify"]);
  const other = await x509.Pkcs10CertificateRequestGenerator.create({
    name: "CN=x",
    keys,
    signingAlgorithm: rsa,
  });
  for (const bad of [
    "",
    "no PEM",
    good.slice(0, 200),
    altered,
    `${good}${" ".repeat(9000)}`,
    other.toString("pem"),
    authority.certificate,
  ]) {
    await assert.rejects(authority.certifyAgent(names, bad), isBadInput, bad.slice(0, 40));
  }
  for (const cluster of ["", "Berlin", "a:b", "a/b", "x".repeat(64), "a, URI:coeval:control:c"]) {
    await assert.rejects(authority.certifyAgent({ cluster, agent: "a" }, good), isBadInput, cluster);
  }
});

test("a certificate for https answers for its hosts and names no party", async () => {
  const issued = await authority.certifyServer(["backup.example.org", "10.1.2.3", "127.0.0.1"], createKey());
  const certificate = parseCertificate(issued.certificate);
  for (const host of ["localhost", "backup.example.org"]) assert.equal(certificate.checkHost(host), host);
  for (const address of ["127.0.0.1", "10.1.2.3"]) assert.equal(certificate.checkIP(address), address);
  assert.throws(() => peerNamed(certificate), /neither an agent nor a control device/);
});

test("an authority and an identity are kept as text; what is damaged is refused", async () => {
  const key = createKey();
  const { certificate } = await authority.certifyControl("control-1", key);
  const identity = { key, certificate, authority: authority.certificate };
  assert.deepEqual(decodeIdentity(encodeIdentity(identity)), identity);
  for (const bad of [
    "",
    key,
    key + certificate,
    certificate + key + certificate,
    encodeIdentity(identity) + key,
  ]) {
    assert.throws(() => decodeIdentity(bad), isBadInput);
  }
  for (const bad of ["", key, authority.certificate, `x${authority.certificate}`]) {
    await assert.rejects(openAuthority(world, bad), isBadInput);
  }
  assert.throws(() => certificateFacts("x"), isBadInput);
});

test("a signature is checked by the key of the signer's certificate", async () => {
  const key = createKey();
  const issued = await authority.certifyAgent({ cluster: "b", agent: "a" }, await createRequest(key));
  const bytes = Buffer.from("the moment");
  const signature = createSigner(key).sign(bytes);
  const check = createSignatureCheck();
  assert.equal(check.verify(issued.publicKey, bytes, signature), true);
  assert.equal(
    check.verify(authority.certificate, bytes, signature),
    false,
    "a certificate is no public key",
  );
  assert.ok(createPublicKey(issued.publicKey));
});
