/**
 * What our certificates say. The name stands in exactly one SAN URI: `coeval:agent:CLUSTER:AGENT` or `coeval:control:ID`;
 * the subject repeats it for people and is never read.
 */
import { createHash, X509Certificate } from "node:crypto";
import { CoevalError } from "@coeval/core/errors";
import { NAME_PATTERN } from "@coeval/core/model/cluster";
import type { Peer } from "@coeval/core/ports/network";

export type Party =
  | { readonly kind: "control"; readonly id: string }
  | { readonly kind: "agent"; readonly cluster: string; readonly agent: string };

export interface CertificateFacts {
  /** SHA-256 (hex) of the key (SubjectPublicKeyInfo): a renewal keeps it. */
  readonly fingerprint: string;
  /** SubjectPublicKeyInfo in PEM. */
  readonly publicKey: string;
  /** When it ends to be valid, ms since 1970. */
  readonly expiresAtMs: number;
}

/** The SAN URI of a party. Throws CoevalError `bad-input` for names that are not ours to give. */
export function uriOf(party: Party): string {
  const names = party.kind === "agent" ? [party.cluster, party.agent] : [party.id];
  const wrong = names.find((name) => !NAME_PATTERN.test(name));
  if (wrong !== undefined)
    throw new CoevalError("bad-input", `${JSON.stringify(wrong)} cannot be a name in a certificate`);
  return ["coeval", party.kind, ...names].join(":");
}

const NAME = NAME_PATTERN.source.slice(1, -1);
const URI = new RegExp(`^URI:coeval:(?:agent:(?<cluster>${NAME}):(?<agent>${NAME})|control:(?<id>${NAME}))$`);

/** Whom a certificate names. Its validity is not looked at here. Throws CoevalError `peer-not-trusted` when it names none or several. */
export function peerNamed(certificate: X509Certificate): Exclude<Peer, { kind: "stranger" }> {
  const uris = (certificate.subjectAltName ?? "").split(", ").filter((name) => name.startsWith("URI:"));
  const { cluster, agent, id } = (uris.length === 1 && URI.exec(uris[0] ?? "")?.groups) || {};
  const fingerprint = fingerprintOfKey(certificate);
  if (id !== undefined) return { kind: "control", id, fingerprint };
  if (cluster !== undefined && agent !== undefined) return { kind: "agent", cluster, agent, fingerprint };
  throw new CoevalError("peer-not-trusted", "the certificate names neither an agent nor a control device");
}

/** Of a certificate in PEM (the first one when there are several). Throws CoevalError `bad-input`. */
export function certificateFacts(pem: string): CertificateFacts {
  const certificate = parseCertificate(pem);
  return {
    fingerprint: fingerprintOfKey(certificate),
    publicKey: certificate.publicKey.export({ type: "spki", format: "pem" }).toString(),
    expiresAtMs: certificate.validToDate.getTime(),
  };
}

/** SHA-256 (hex) of the certificate itself (DER); by this an agent knows the authority at enrolment. */
export function fingerprintOfCertificate(certificate: X509Certificate): string {
  return createHash("sha256").update(certificate.raw).digest("hex");
}

export function parseCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new CoevalError("bad-input", "the certificate is not readable PEM", { cause });
  }
}

function fingerprintOfKey(certificate: X509Certificate): string {
  return createHash("sha256")
    .update(certificate.publicKey.export({ type: "spki", format: "der" }))
    .digest("hex");
}
