/**
 * The moment certificate: what one recovery point is, signed by both agents and chained to the one before.
 * It can be checked with nothing but itself, the manifest, and the fingerprint of the authority.
 */
import type { Hash, SignatureCheck } from "../ports/hash.ts";
import type { Grade } from "../protect/snapshot.ts";
import { canonical, type Json } from "./canonical.ts";
import type { ClusterIdentity } from "./cluster.ts";
import type { Filters } from "./policy.ts";
import type { Uncovered } from "./set-pattern.ts";
import type { ClockEvidence, OpenFilesGrade, Receipt } from "./receipt.ts";

export interface CertificateBody {
  readonly version: 1;
  readonly service: string;
  readonly point: string;
  readonly run: string;
  readonly epoch: number;
  /** ISO 8601, whole ms. */
  readonly moment: string;
  readonly primary: { readonly cluster: string; readonly identity: ClusterIdentity };
  readonly secondary: {
    readonly cluster: string;
    readonly identity: ClusterIdentity;
    readonly directory: string;
  };
  readonly dataSets: readonly { readonly name: string; readonly source: string; readonly target: string }[];
  /** What of the data sets the point leaves alone, by the policy of its run; absent when there are no such rules. */
  readonly filters?: Filters;
  /** Directories that the service's patterns mean and the point does not hold; absent when it holds all. */
  readonly uncovered?: readonly Uncovered[];
  readonly grade: Grade;
  readonly openFiles: { readonly kind: OpenFilesGrade; readonly count: number };
  readonly clock: ClockEvidence;
  readonly receipts: readonly Receipt[];
  readonly manifest: ManifestSummary;
  readonly moved: MovedSummary;
  /** The certificate before in this service's chain, or null for the first. */
  readonly previous: { readonly point: string; readonly certificateSha256: string } | null;
}

/** What a manifest amounts to. */
export interface ManifestSummary {
  /** Of the manifest's bytes: one canonical JSON line an entry, in manifest order. */
  readonly sha256: string;
  readonly files: number;
  readonly directories: number;
  readonly bytes: number;
}

/** What had to move for a point: changes of the plan, and the files, bytes and deletions among them. */
export interface MovedSummary {
  readonly changes: number;
  readonly files: number;
  readonly bytes: number;
  readonly deletions: number;
}

/** A moment certificate, whole: the body, what was sealed, and both agents' signatures. */
export interface Certificate {
  readonly body: CertificateBody;
  readonly source: Signature;
  readonly sealed: { readonly snapshotName: string; readonly clusterStamp: number | null };
  /** Signs the body, the source's signature, and `sealed`. */
  readonly target: Signature;
}

/** One agent's signature, with what proves whose it is. */
export interface Signature {
  readonly agent: string;
  /** PEM SubjectPublicKeyInfo. */
  readonly publicKey: string;
  /** The agent's X.509 certificate chain in PEM at the time of signing: proves the key to belong to the agent. */
  readonly chain: string;
  /** Base64. */
  readonly signature: string;
}

/** The bytes that the source's agent signs. */
export function sourceBytes(body: CertificateBody): Uint8Array {
  return encode({ signs: "coeval/source/v1", body });
}

/** The bytes that the target's agent signs. */
export function targetBytes(certificate: Omit<Certificate, "target">): Uint8Array {
  return encode({ signs: "coeval/target/v1", ...certificate });
}

/** The hash by which the next certificate names this one. */
export function certificateSha256(hash: Hash, certificate: Certificate): string {
  return hash.sha256().update(encode(certificate)).hex();
}

/**
 * Everything a certificate says that can be checked without its manifest: signatures, and the chain to `previous`.
 * @returns what is wrong, in words; empty when all holds.
 */
export function checkCertificate(
  certificate: Certificate,
  previous: Certificate | null,
  hash: Hash,
  signatures: SignatureCheck,
): string[] {
  const wrong: string[] = [];
  const { source, target } = certificate;
  if (!signatures.verify(source.publicKey, sourceBytes(certificate.body), source.signature)) {
    wrong.push(`the signature of the source's agent ${source.agent} does not fit`);
  }
  const { body, sealed } = certificate;
  if (!signatures.verify(target.publicKey, targetBytes({ body, source, sealed }), target.signature)) {
    wrong.push(`the signature of the target's agent ${target.agent} does not fit`);
  }
  if (previous && body.previous?.certificateSha256 !== certificateSha256(hash, previous)) {
    wrong.push(`it does not follow the certificate of point ${previous.body.point}`);
  }
  return wrong;
}

function encode(value: object): Uint8Array {
  return new TextEncoder().encode(canonical(value as Json));
}
