/**
 * The control device's certificate authority. It names each party itself: of a request it takes the public key only.
 * Its key never leaves the control device's data folder.
 */
import { createPublicKey, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { CoevalError } from "@coeval/core/errors";
import type { Clock } from "@coeval/core/ports/clock";
import type { Random } from "@coeval/core/ports/random";
import { type CertificateFacts, certificateFacts, fingerprintOfCertificate, uriOf } from "./certificate.ts";
import { createKey, KEY_ALGORITHM, keyPair, SIGNATURE_ALGORITHM } from "./identity.ts";
import * as x509 from "./x509.ts";

export const AUTHORITY_LIFE_MS = 10 * 365 * 86_400_000;
/** Of every certificate below the authority; whoever holds one renews it at half its life. */
export const CERTIFICATE_LIFE_MS = 86_400_000;
/** A certificate is valid from a bit before it is made: the clocks of those who check it may be late. */
export const BACKDATED_MS = 5 * 60_000;
export const REQUEST_CHARS_MAX = 8192;
const SERIAL_BYTES = 16;

export interface Authority {
  /** In PEM. */
  readonly certificate: string;
  /** SHA-256 (hex) of its DER; printed in enrolment tokens. */
  readonly fingerprint: string;
  /** Certifies an agent's key by its request. Throws CoevalError `bad-input` for a request that is malformed or not signed by its key. */
  certifyAgent(agent: { readonly cluster: string; readonly agent: string }, request: string): Promise<Issued>;
  /** Certifies the control device's own key (`createKey`), for the links. */
  certifyControl(id: string, key: string): Promise<Issued>;
  /** Certifies a key for https on these hosts, localhost and 127.0.0.1 always among them. It names no party, so it opens no link. */
  certifyServer(hosts: readonly string[], key: string): Promise<Issued>;
}

export interface Issued extends CertificateFacts {
  /** In PEM. */
  readonly certificate: string;
}

export interface AuthorityWorld {
  readonly clock: Pick<Clock, "nowMs">;
  readonly random: Random;
}

/** A new authority as one PEM text: its key, then its certificate. `id` shows in its subject. */
export async function createAuthority(world: AuthorityWorld, id: string): Promise<string> {
  const key = createKey();
  const keys = keyPair(key);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(world.random),
    name: [{ CN: [`coeval authority ${id}`] }],
    ...lasting(world, AUTHORITY_LIFE_MS),
    keys,
    signingAlgorithm: SIGNATURE_ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return `${key}${certificate.toString("pem")}\n`;
}

/** The authority of a text that `createAuthority` made. Throws CoevalError `bad-input`. */
export async function openAuthority(world: AuthorityWorld, text: string): Promise<Authority> {
  const from = text.indexOf("-----BEGIN CERTIFICATE");
  if (from < 0) throw new CoevalError("bad-input", "the authority's file holds no certificate");
  const pem = text.slice(from);
  const { privateKey, publicKey } = keyPair(text.slice(0, from));
  const authority = new x509.X509Certificate(pem);

  const issue = async (leaf: Leaf): Promise<Issued> => {
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serial(world.random),
      subject: [{ CN: [leaf.subject] }],
      issuer: authority.subjectName,
      ...lasting(world, CERTIFICATE_LIFE_MS),
      publicKey: leaf.publicKey,
      signingKey: privateKey,
      signingAlgorithm: SIGNATURE_ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension(leaf.usages),
        new x509.SubjectAlternativeNameExtension(leaf.names),
        await x509.SubjectKeyIdentifierExtension.create(leaf.publicKey),
        await x509.AuthorityKeyIdentifierExtension.create(publicKey),
      ],
    });
    const issued = `${certificate.toString("pem")}\n`;
    return { certificate: issued, ...certificateFacts(issued) };
  };

  return {
    certificate: pem,
    fingerprint: fingerprintOfCertificate(new X509Certificate(pem)),
    async certifyAgent({ cluster, agent }, request) {
      const uri = uriOf({ kind: "agent", cluster, agent });
      return issue({ ...named(uri), publicKey: await requestedKey(request), usages: [server, client] });
    },
    async certifyControl(id, key) {
      return issue({
        ...named(uriOf({ kind: "control", id })),
        publicKey: keyPair(key).publicKey,
        usages: [server],
      });
    },
    async certifyServer(hosts, key) {
      const all = [...new Set(["localhost", "127.0.0.1", ...hosts])];
      const names = all.map((host) => ({
        type: isIP(host) === 0 ? ("dns" as const) : ("ip" as const),
        value: host,
      }));
      return issue({ subject: "coeval", names, publicKey: keyPair(key).publicKey, usages: [server] });
    },
  };
}

interface Leaf {
  readonly subject: string;
  readonly names: x509.JsonGeneralNames;
  readonly publicKey: CryptoKey;
  readonly usages: string[];
}

const server: string = x509.ExtendedKeyUsage.serverAuth;
const client: string = x509.ExtendedKeyUsage.clientAuth;
/** Longest common name, RFC 5280 appendix A (ub-common-name). */
const COMMON_NAME_CHARS_MAX = 64;

function named(uri: string): Pick<Leaf, "subject" | "names"> {
  return { subject: uri.slice(0, COMMON_NAME_CHARS_MAX), names: [{ type: "url", value: uri }] };
}

/** The key of a request that is signed with it. */
async function requestedKey(request: string): Promise<CryptoKey> {
  if (request.length > REQUEST_CHARS_MAX) {
    throw new CoevalError("bad-input", `a certificate request has at most ${REQUEST_CHARS_MAX} characters`);
  }
  try {
    const parsed = new x509.Pkcs10CertificateRequest(request);
    const key = createPublicKey({ key: Buffer.from(parsed.publicKey.rawData), format: "der", type: "spki" });
    if (await parsed.verify()) return key.toCryptoKey(KEY_ALGORITHM, true, ["verify"]);
  } catch (cause) {
    throw new CoevalError("bad-input", "the certificate request is malformed or its key is not on P-256", {
      cause,
    });
  }
  throw new CoevalError("bad-input", "the certificate request is not signed by its own key");
}

function lasting(world: AuthorityWorld, lifeMs: number): { notBefore: Date; notAfter: Date } {
  const nowMs = world.clock.nowMs();
  return { notBefore: new Date(nowMs - BACKDATED_MS), notAfter: new Date(nowMs + lifeMs) };
}

/** Positive and never empty, RFC 5280 section 4.1.2.2: the first byte is 01 to 7f. */
function serial(random: Random): string {
  const bytes = Buffer.from(random.bytes(SERIAL_BYTES));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x01;
  return bytes.toString("hex");
}
