/**
 * The first connection of an agent that has no certificate yet. All it has is the fingerprint of the authority, from its token:
 * one connection learns which certificate that is, a second one is then proven under it like any other. Nothing is said on the first.
 */
import { createSecureContext } from "node:tls";
import type { X509Certificate } from "node:crypto";
import { CoevalError } from "@coeval/core/errors";
import type { Stream } from "@coeval/core/ports/network";
import { fingerprintOfCertificate } from "./certificate.ts";
import { HANDSHAKE_MS_MAX } from "./network.ts";
import { dial, handshake } from "./tls-dial.ts";
import { tlsOptions } from "./tls-peer.ts";
import { tlsStream } from "./tls-stream.ts";

export interface EnrolmentStream {
  /** To a control device; there we are a stranger. */
  readonly stream: Stream;
  /** The authority's certificate in PEM: the one of the fingerprint. */
  readonly authority: string;
}

/** Certificates of a chain that are looked at. */
const CHAIN_MAX = 4;

/**
 * Connects without a certificate to a control device whose chain holds the authority with this fingerprint (SHA-256 of its DER, hex).
 * Throws CoevalError `unreachable`, or `peer-not-trusted` for every other server.
 */
export async function connectToEnrol(
  address: string,
  authorityFingerprint: string,
  cancel?: AbortSignal,
  handshakeMsMax: number = HANDSHAKE_MS_MAX,
): Promise<EnrolmentStream> {
  const bounds = { handshakeMsMax, cancel };
  const secureContext = createSecureContext({ minVersion: "TLSv1.3", ca: [] });
  const authority = await handshake<string>(address, { ...bounds, secureContext }, (socket, done) => {
    const found = inChain(socket.getPeerX509Certificate(), authorityFingerprint);
    if (found === undefined) {
      throw new CoevalError(
        "peer-not-trusted",
        `${address} is not of the control device that the token was printed by`,
      );
    }
    done(found.toString());
    socket.destroy();
  });
  const { socket, peer } = await dial(address, {
    ...bounds,
    secureContext: createSecureContext(tlsOptions(authority)),
    revoked: () => new Set(),
    expect: { kind: "control" },
  });
  return { stream: tlsStream(socket, peer), authority };
}

function inChain(leaf: X509Certificate | undefined, fingerprint: string): X509Certificate | undefined {
  let certificate = leaf;
  for (let depth = 0; certificate && depth < CHAIN_MAX; depth++) {
    if (certificate.ca && fingerprintOfCertificate(certificate) === fingerprint) return certificate;
    certificate = certificate.issuerCertificate;
  }
  return undefined;
}
