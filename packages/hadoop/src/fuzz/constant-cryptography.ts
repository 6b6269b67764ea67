/** Cryptography that proves nothing: every hash is the same. So a server's recorded words can be completed to a
 * handshake that succeeds, and what comes after it is fuzzed as well. */
import type { CipherStream, Cryptography } from "../sasl/cryptography.ts";

const HASH_BYTES = 16;
const hash = (): Uint8Array => new Uint8Array(HASH_BYTES).fill(0x11);
const cipher = (): CipherStream => ({ update: (bytes) => bytes.map((byte) => byte ^ 0x5a) });

/** See the top of this file. */
export const constantCryptography: Cryptography = {
  md5: hash,
  hmacMd5: hash,
  tripleDesCbc: cipher,
  aesCtr: cipher,
  secretBytes: (length) => new Uint8Array(length).fill(7),
};

/** The server's proof under it, as DIGEST-MD5 says it. */
export const CONSTANT_PROOF = new TextEncoder().encode(`rspauth=${hash().toHex()}`);
