/** Who a process is on the network: its key, its certificate, and the authority that both ends trust. Kept as one PEM file, 0600. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, webcrypto } from "node:crypto";
import { CoevalError } from "@coeval/core/errors";
import * as x509 from "./x509.ts";

export interface Identity {
  /** PKCS #8 in PEM; never leaves its process. */
  readonly key: string;
  /** The leaf in PEM. */
  readonly certificate: string;
  /** The authority's certificate in PEM. */
  readonly authority: string;
}

/** P-256: what TLS stacks, browsers and OpenSSL all handle. */
export const KEY_ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;
export const SIGNATURE_ALGORITHM = { name: "ECDSA", hash: "SHA-256" } as const;

/** A new private key, PKCS #8 in PEM. */
export function createKey(): string {
  return generateKeyPairSync("ec", { namedCurve: KEY_ALGORITHM.namedCurve })
    .privateKey.export({ type: "pkcs8", format: "pem" })
    .toString();
}

/** A request for a certificate of the key, in PEM. It proves that we hold the key, and names nobody: names come from the enrolment. */
export async function createRequest(key: string): Promise<string> {
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: "CN=coeval",
    keys: keyPair(key),
    signingAlgorithm: SIGNATURE_ALGORITHM,
  });
  return `${request.toString("pem")}\n`;
}

/** The private key and its public half as web crypto takes them. Throws CoevalError `bad-input`. */
export function keyPair(key: string): { privateKey: webcrypto.CryptoKey; publicKey: webcrypto.CryptoKey } {
  try {
    const privateKey = createPrivateKey(key);
    return {
      privateKey: privateKey.toCryptoKey(KEY_ALGORITHM, false, ["sign"]),
      publicKey: createPublicKey(privateKey).toCryptoKey(KEY_ALGORITHM, true, ["verify"]),
    };
  } catch (cause) {
    throw new CoevalError("bad-input", "the private key is not a P-256 key in PEM", { cause });
  }
}

/** Key, certificate and authority in one text, in this order. */
export function encodeIdentity(identity: Identity): string {
  return [identity.key, identity.certificate, identity.authority].map((pem) => `${pem.trim()}\n`).join("");
}

/** Throws CoevalError `bad-input` when one of the three is missing. */
export function decodeIdentity(text: string): Identity {
  const [key, certificate, authority, ...more] =
    text.match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----\n/g) ?? [];
  if (
    !key?.includes("PRIVATE KEY") ||
    !certificate?.includes("CERTIFICATE") ||
    !authority?.includes("CERTIFICATE") ||
    more.length > 0
  ) {
    throw new CoevalError(
      "bad-input",
      "an identity file holds a private key, a certificate and the authority's certificate",
    );
  }
  return { key, certificate, authority };
}
