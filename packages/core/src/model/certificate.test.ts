import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeHash, fakeSignatures, fakeSigner } from "../testing/fake-hash.ts";
import {
  type Certificate,
  type CertificateBody,
  certificateSha256,
  checkCertificate,
  sourceBytes,
  targetBytes,
} from "./certificate.ts";

const body: CertificateBody = {
  version: 1,
  service: "billing",
  point: "point-2",
  run: "run-2",
  epoch: 1,
  moment: "2026-11-21T10:31:41.007Z",
  primary: { cluster: "east", identity: { clusterId: "CID-e", namespaceId: "1" } },
  secondary: {
    cluster: "west",
    identity: { clusterId: "CID-w", namespaceId: "2" },
    directory: "/coeval/billing",
  },
  dataSets: [{ name: "ledger", source: "/data/ledger", target: "/coeval/billing/ledger" }],
  grade: { kind: "within", spreadMs: 4, windowMs: 9.5, byMs: 0 },
  openFiles: { kind: "listed", count: 2 },
  clock: { source: "control:1", offsetMs: -3.25, errorMs: 0.5, stepMs: 0 },
  receipts: [
    {
      root: "/data",
      snapshotName: "coeval-run-2",
      sets: ["ledger"],
      earliest: 10,
      latest: 20,
      clusterStamp: null,
    },
  ],
  manifest: { sha256: "a".repeat(64), files: 3, directories: 2, bytes: 100 },
  moved: { changes: 5, files: 2, bytes: 60, deletions: 1 },
  previous: { point: "point-1", certificateSha256: "b".repeat(64) },
};

function signed(content: CertificateBody): Certificate {
  const source = signer("agent-e");
  const target = signer("agent-w");
  const unsigned = {
    body: content,
    source: { ...source.is, signature: source.sign(sourceBytes(content)) },
    sealed: { snapshotName: "coeval-point-2", clusterStamp: 17 },
  };
  return { ...unsigned, target: { ...target.is, signature: target.sign(targetBytes(unsigned)) } };
}

function signer(agent: string) {
  const own = fakeSigner(agent);
  return {
    sign: (bytes: Uint8Array) => own.sign(bytes),
    is: { agent, publicKey: own.publicKey, chain: `chain of ${agent}` },
  };
}

const check = (certificate: Certificate, previous: Certificate | null = null) =>
  checkCertificate(certificate, previous, fakeHash, fakeSignatures);

/** The value with one leaf changed, once for every leaf. */
function* tampered(value: unknown, path: readonly string[] = []): Generator<readonly [string, unknown]> {
  if (value === null || typeof value !== "object") {
    const other = typeof value === "number" ? value + 1 : typeof value === "string" ? `${value}x` : 0;
    yield [path.join("."), other];
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    for (const [where, changed] of tampered(member, [...path, key]))
      yield [where, Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed }];
    if (!Array.isArray(value)) {
      const { [key]: _, ...rest } = value as Record<string, unknown>;
      yield [`${[...path, key].join(".")} left out`, rest];
    }
  }
  yield [`${path.join(".")} with more`, Array.isArray(value) ? [...value, 0] : { ...value, more: 0 }];
}

test("a certificate as both agents signed it holds", () => {
  assert.deepEqual(check(signed(body)), []);
});

test("a change of any single field is found", () => {
  const seen = new Set<string>();
  for (const [where, certificate] of tampered(signed(body))) {
    // Whose the target's key is, its chain proves, not its signature: that is the check of chains, not this one.
    if (["target.agent", "target.chain", "target with more"].includes(where)) continue;
    // What lacks a part is no certificate: the schema refuses it.
    if (/^(body|source|sealed|target|(source|target)\..*) left out$/.test(where) || where === " with more")
      continue;
    seen.add(where);
    assert.notDeepEqual(check(certificate as Certificate), [], where);
  }
  assert.ok(seen.has("body.receipts.0.earliest") && seen.has("body.receipts.0.clusterStamp left out"));
  assert.ok(seen.has("sealed.snapshotName") && seen.has("source.chain") && seen.has("body.previous.point"));
  assert.ok(seen.size > 80);
});

test("a signature of the source does not do for the target, nor that of another certificate", () => {
  const good = signed(body);
  assert.notDeepEqual(check({ ...good, target: { ...good.target, signature: good.source.signature } }), []);
  const other = signed({ ...body, epoch: 2 });
  assert.match(check({ ...good, source: other.source }).join(), /source's agent agent-e does not fit/);
  assert.match(check({ ...good, target: other.target }).join(), /target's agent agent-w does not fit/);
});

test("the chain: a certificate follows the one whose hash it names, and no other", () => {
  const first = signed({ ...body, point: "point-1", run: "run-1", previous: null });
  const link = { point: "point-1", certificateSha256: certificateSha256(fakeHash, first) };
  const second = signed({ ...body, previous: link });
  assert.deepEqual(check(second, first), []);
  assert.match(check(second, signed(body)).join(), /does not follow the certificate of point point-2/);
  assert.match(check(signed({ ...body, previous: null }), first).join(), /does not follow/);
  const altered = { ...first, sealed: { ...first.sealed, snapshotName: "other" } };
  assert.match(check(second, altered).join(), /does not follow the certificate of point point-1/);
});
