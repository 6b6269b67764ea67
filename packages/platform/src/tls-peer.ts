/** Trust on one connection: what both ends of a handshake must show, and who the other end is once it is done. */
import { constants } from "node:crypto";
import type { SecureContextOptions, TLSSocket } from "node:tls";
import { CoevalError } from "@coeval/core/errors";
import type { Peer } from "@coeval/core/ports/network";
import { peerNamed } from "./certificate.ts";
import type { Identity } from "./identity.ts";

/** Fingerprints of keys that are trusted no more. */
export type Revoked = ReadonlySet<string>;

/** TLS 1.3 only; nobody but the authority is trusted; no session is resumed, so every connection proves its certificate anew. */
export function tlsOptions(authority: string, identity?: Identity): SecureContextOptions {
  return {
    minVersion: "TLSv1.3",
    maxVersion: "TLSv1.3",
    secureOptions: constants.SSL_OP_NO_TICKET,
    ca: [authority],
    // The authority goes along: an agent that enrols knows it by its fingerprint only.
    ...(identity && { key: identity.key, cert: identity.certificate.trim() + "\n" + authority }),
  };
}

/**
 * The other end after the handshake. No certificate makes a stranger; one that is shown but not valid is never downgraded
 * to that. Throws CoevalError `peer-not-trusted`.
 */
export function peerOf(socket: TLSSocket, revoked: Revoked): Peer {
  if (socket.isSessionReused()) throw new CoevalError("peer-not-trusted", "a resumed session proves nothing");
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return { kind: "stranger" };
  if (!socket.authorized) {
    throw new CoevalError(
      "peer-not-trusted",
      `the certificate is not valid: ${String(socket.authorizationError)}`,
    );
  }
  const peer = peerNamed(certificate);
  if (revoked.has(peer.fingerprint)) {
    throw new CoevalError(
      "peer-not-trusted",
      `the certificate of ${peer.kind} ${peer.fingerprint} is revoked`,
    );
  }
  return peer;
}

/**
 * The listening end's first byte. In TLS 1.3 a client is done before its certificate has been looked at; by this byte it
 * learns that it is accepted, or why not.
 */
export const verdict = { accepted: 1, refused: 2, full: 3 } as const;
