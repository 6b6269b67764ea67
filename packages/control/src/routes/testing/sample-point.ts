/** A recovery point of the service, sealed. */
import type { Certificate } from "@coeval/core/model/certificate";
import { certificateSha256 } from "@coeval/core/model/certificate";
import type { RecoveryPoint } from "@coeval/core/model/recovery-point";
import type { Hash } from "@coeval/core/ports/hash";
import { START_MS } from "./fake-world.ts";

export function samplePoint(hash: Hash, id: string, before: RecoveryPoint | null): RecoveryPoint {
  const grade = { kind: "exact", spreadMs: 0, windowMs: 7, byMs: 0 } as const;
  const signature = (agent: string) => ({ agent, publicKey: "key", chain: "chain", signature: "sig" });
  const identity = { clusterId: "CID-1", namespaceId: "1" };
  const certificate: Certificate = {
    body: {
      version: 1,
      service: "sales",
      point: id,
      run: id.replace("point", "run"),
      epoch: 1,
      moment: "2026-11-21T10:00:00.000Z",
      primary: { cluster: "west", identity },
      secondary: { cluster: "east", identity, directory: "/coeval/sales" },
      dataSets: [{ name: "orders", source: "/data/sales/orders", target: "/coeval/sales/orders" }],
      grade,
      openFiles: { kind: "listed", count: 0 },
      clock: { source: "control:test", offsetMs: 0, errorMs: 1, stepMs: 0 },
      receipts: [],
      manifest: { sha256: "a".repeat(64), files: 2, directories: 1, bytes: 30 },
      moved: { changes: 2, files: 2, bytes: 30, deletions: 0 },
      previous: before && { point: before.id, certificateSha256: before.certificateSha256 },
    },
    source: signature("west"),
    sealed: { snapshotName: id, clusterStamp: null },
    target: signature("east"),
  };
  return {
    id,
    service: "sales",
    run: certificate.body.run,
    moment: START_MS,
    sealedAt: START_MS + 900,
    grade,
    certificate,
    certificateSha256: certificateSha256(hash, certificate),
    label: null,
  };
}
