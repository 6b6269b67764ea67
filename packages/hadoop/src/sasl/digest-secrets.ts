/** What DIGEST-MD5 computes from the password: the proofs of both sides and the session's keys. Source: RFC 2831,
 * sections 2.1.2.1, 2.3, 2.4. */
import type { Cryptography } from "./cryptography.ts";
import type { Qop } from "./mechanism.ts";

/** What both sides know once the challenge is there. */
export interface DigestFacts {
  readonly userName: string;
  readonly password: string;
  readonly realm: string;
  readonly nonce: string;
  readonly clientNonce: string;
  /** `protocol/serverName`. */
  readonly digestUri: string;
  readonly qop: Qop;
}

/** Proofs in hexadecimal, keys of 16 bytes. */
export interface DigestSecrets {
  /** Proves us to the server: 32 hexadecimal digits. */
  readonly response: string;
  /** Proves the server to us. */
  readonly responseOfServer: string;
  readonly clientSigningKey: Uint8Array;
  readonly serverSigningKey: Uint8Array;
  readonly clientSealingKey: Uint8Array;
  readonly serverSealingKey: Uint8Array;
}

/** The first and only use of a nonce. */
export const NONCE_COUNT = "00000001";

const NO_BODY = ":00000000000000000000000000000000";

/** All texts are ASCII, so that no question of character sets arises. */
export function digestSecrets(cryptography: Cryptography, facts: DigestFacts): DigestSecrets {
  const { md5 } = cryptography;
  const { userName, realm, password, nonce, clientNonce, digestUri, qop } = facts;
  const secret = md5(ascii(`${userName}:${realm}:${password}`));
  const session = md5(secret, ascii(`:${nonce}:${clientNonce}`));
  const proof = (prefix: string): string => {
    const act = md5(ascii(`${prefix}:${digestUri}${qop === "auth" ? "" : NO_BODY}`)).toHex();
    const text = [session.toHex(), nonce, NONCE_COUNT, clientNonce, qop, act].join(":");
    return md5(ascii(text)).toHex();
  };
  const key = (magic: string): Uint8Array => md5(session, ascii(magic));
  return {
    response: proof("AUTHENTICATE"),
    responseOfServer: proof(""),
    clientSigningKey: key("Digest session key to client-to-server signing key magic constant"),
    serverSigningKey: key("Digest session key to server-to-client signing key magic constant"),
    clientSealingKey: key("Digest H(A1) to client-to-server sealing key magic constant"),
    serverSealingKey: key("Digest H(A1) to server-to-client sealing key magic constant"),
  };
}

/** The bytes of a text that is ASCII. */
export function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
