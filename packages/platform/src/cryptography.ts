/** Hashes and ciphers that Hadoop's protocols fix, from OpenSSL. The interface says the same as Cryptography of the
 * hadoop package and fits it by shape. */
import {
  type Cipheriv,
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  type Decipheriv,
  randomBytes,
} from "node:crypto";
import { plainBytes } from "./plain-bytes.ts";

export interface CipherStream {
  /** Goes on where the last call ended. */
  update(bytes: Uint8Array): Uint8Array;
}

export interface Cryptography {
  /** Of the parts one after the other. */
  md5(...parts: readonly Uint8Array[]): Uint8Array;
  hmacMd5(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array;
  /** Without padding; `key` 24 bytes, `iv` 8. */
  tripleDesCbc(direction: "encrypt" | "decrypt", key: Uint8Array, iv: Uint8Array): CipherStream;
  /** `key` 16, 24 or 32 bytes, `iv` 16. */
  aesCtr(key: Uint8Array, iv: Uint8Array): CipherStream;
  secretBytes(length: number): Uint8Array;
}

const BITS_PER_BYTE = 8;

export function createCryptography(): Cryptography {
  return {
    md5: (...parts) => plainBytes(fed(createHash("md5"), parts).digest()),
    hmacMd5: (key, ...parts) => plainBytes(fed(createHmac("md5", key), parts).digest()),
    tripleDesCbc(direction, key, iv) {
      const make = direction === "encrypt" ? createCipheriv : createDecipheriv;
      const cipher = make("des-ede3-cbc", key, iv) as Cipheriv;
      cipher.setAutoPadding(false);
      return streamOn(cipher);
    },
    aesCtr: (key, iv) => streamOn(createCipheriv(`aes-${key.length * BITS_PER_BYTE}-ctr`, key, iv)),
    secretBytes: (length) => plainBytes(randomBytes(length)),
  };
}

function streamOn(cipher: Cipheriv | Decipheriv): CipherStream {
  return { update: (bytes) => plainBytes(cipher.update(bytes)) };
}

function fed<T extends { update(bytes: Uint8Array): unknown }>(into: T, parts: readonly Uint8Array[]): T {
  for (const part of parts) into.update(part);
  return into;
}
