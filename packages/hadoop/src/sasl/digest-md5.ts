/** DIGEST-MD5, the mechanism of Hadoop's tokens. Source: RFC 2831; javax.security.sasl as servers run it. */
import { ascii, type DigestSecrets, digestSecrets, NONCE_COUNT } from "./digest-secrets.ts";
import { parseDirectives, quoted, single } from "./digest-challenge.ts";
import { createDigestLayer, DIGEST_OVERHEAD_BYTES, type DigestLayer } from "./digest-layer.ts";
import {
  DIGEST_CIPHERS,
  type DigestCipher,
  type Qop,
  type SaslClient,
  type SaslCredentials,
  type SaslRequest,
  type SaslWorld,
} from "./mechanism.ts";
import { SaslError } from "./sasl-error.ts";

/** Of both sides, when nothing else is said: RFC 2831, section 2.1.1. */
const BUFFER_BYTES_DEFAULT = 65_536;
const BUFFER_BYTES_MAX = 0xff_ffff;
const CLIENT_NONCE_BYTES = 24;

type Password = Extract<SaslCredentials, { kind: "password" }>;

/** See {@link SaslClient}. The server speaks first. */
export function createDigestMd5(world: SaslWorld, credentials: Password, request: SaslRequest): SaslClient {
  if (!/^[\x20-\x7e]*$/.test(credentials.userName + credentials.password)) {
    throw new SaslError("unsupported", "DIGEST-MD5 takes tokens only, whose names and passwords are ASCII");
  }
  const { cryptography } = world;
  let answered: { readonly secrets: DigestSecrets; readonly offer: Offer } | null = null;
  let layer: DigestLayer | null = null;
  let complete = false;

  const established = (): DigestLayer => {
    if (!complete)
      throw new SaslError("unsupported", "nothing is protected before the handshake is complete");
    return layer ?? PLAIN;
  };
  return {
    mechanism: "DIGEST-MD5",
    get complete() {
      return complete;
    },
    get qop() {
      return complete ? (answered?.offer.qop ?? null) : null;
    },
    get wrapBytesMax() {
      if (!complete || answered === null || answered.offer.qop === "auth") return Number.POSITIVE_INFINITY;
      return answered.offer.bufferBytes - DIGEST_OVERHEAD_BYTES;
    },
    async step(challenge) {
      if (complete) throw new SaslError("badChallenge", "the server goes on after the end of the handshake");
      if (answered === null) {
        const offer = choose(challenge, request);
        const clientNonce = cryptography.secretBytes(CLIENT_NONCE_BYTES).toBase64();
        const digestUri = `${request.protocol}/${request.serverName}`;
        const facts = { ...credentials, ...offer, clientNonce, digestUri };
        const secrets = digestSecrets(cryptography, facts);
        answered = { secrets, offer };
        return ascii(responseText(facts, secrets));
      }
      const proof = single(parseDirectives(challenge), "rspauth");
      if (proof !== answered.secrets.responseOfServer) {
        throw new SaslError("serverUnproven", "the server's answer to the token's challenge is wrong");
      }
      const { qop, cipher } = answered.offer;
      if (qop !== "auth") layer = createDigestLayer(cryptography, answered.secrets, cipher);
      complete = true;
      return null;
    },
    wrap: (message) => established().wrap(message),
    unwrap: (message) => established().unwrap(message),
    dispose() {},
  };
}

const PLAIN: DigestLayer = { wrap: (message) => message, unwrap: (message) => message };

/** What is taken of what the server offers. */
interface Offer {
  readonly realm: string;
  readonly nonce: string;
  readonly qop: Qop;
  /** Of `auth-conf`. */
  readonly cipher: DigestCipher | null;
  /** The longest protected message that the server takes. */
  readonly bufferBytes: number;
}

function choose(challenge: Uint8Array, request: SaslRequest): Offer {
  const directives = parseDirectives(challenge);
  const nonce = single(directives, "nonce");
  if (nonce === null) throw new SaslError("badChallenge", "the server's challenge has no nonce");
  const algorithm = single(directives, "algorithm");
  if (algorithm !== "md5-sess")
    throw new SaslError("badChallenge", `the server asks for the algorithm ${algorithm}, not md5-sess`);
  const offered = words(single(directives, "qop") ?? "auth");
  const qop = request.qops.find((each) => offered.includes(each));
  if (qop === undefined) {
    throw new SaslError(
      "protectionRefused",
      `the server offers ${offered.join(", ")}, and ${request.qops.join(", ")} is asked for`,
    );
  }
  return {
    nonce,
    // Where several are offered the first is the server's own name for itself; where none is, it is empty.
    realm: directives.get("realm")?.[0] ?? "",
    qop,
    cipher: qop === "auth-conf" ? chooseCipher(words(single(directives, "cipher") ?? ""), request) : null,
    bufferBytes: bufferOf(single(directives, "maxbuf")),
  };
}

function chooseCipher(offered: readonly string[], request: SaslRequest): DigestCipher {
  const accepted = request.ciphers ?? DIGEST_CIPHERS;
  const cipher = accepted.find((each) => offered.includes(each));
  if (cipher !== undefined) return cipher;
  throw new SaslError(
    "protectionRefused",
    `the server offers the ciphers ${offered.join(", ")}, and ${accepted.join(", ")} is asked for`,
  );
}

function bufferOf(text: string | null): number {
  if (text === null) return BUFFER_BYTES_DEFAULT;
  const bytes = /^\d{1,8}$/.test(text) ? Number(text) : Number.NaN;
  if (bytes > DIGEST_OVERHEAD_BYTES && bytes <= BUFFER_BYTES_MAX) return bytes;
  throw new SaslError("badChallenge", `the server says maxbuf=${text}`);
}

function words(list: string): string[] {
  return list.split(",").flatMap((word) => (word.trim() === "" ? [] : [word.trim()]));
}

function responseText(
  facts: Offer & { userName: string; clientNonce: string; digestUri: string },
  secrets: DigestSecrets,
): string {
  return [
    "charset=utf-8",
    `username=${quoted(facts.userName)}`,
    `realm=${quoted(facts.realm)}`,
    `nonce=${quoted(facts.nonce)}`,
    `nc=${NONCE_COUNT}`,
    `cnonce=${quoted(facts.clientNonce)}`,
    `digest-uri=${quoted(facts.digestUri)}`,
    `maxbuf=${BUFFER_BYTES_DEFAULT}`,
    `response=${secrets.response}`,
    `qop=${facts.qop}`,
    ...(facts.cipher === null ? [] : [`cipher=${quoted(facts.cipher)}`]),
  ].join(",");
}
