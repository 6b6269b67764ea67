/** The cryptography that SASL's older mechanisms and Hadoop's data transfer ask for, as a port: the platform has it from
 * OpenSSL, and this package imports nothing. None of it is a choice of ours: the protocols fix every algorithm. */

export interface Cryptography {
  /** Of the parts one after the other; 16 bytes. */
  md5(...parts: readonly Uint8Array[]): Uint8Array;
  /** HMAC (RFC 2104) with MD5 of the parts one after the other; 16 bytes. */
  hmacMd5(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array;
  /** Three-key triple DES in CBC without padding; `key` 24 bytes, `iv` 8. */
  tripleDesCbc(direction: CipherDirection, key: Uint8Array, iv: Uint8Array): CipherStream;
  /** AES in counter mode; `key` 16, 24 or 32 bytes, `iv` 16. The same in both directions. */
  aesCtr(key: Uint8Array, iv: Uint8Array): CipherStream;
  /** Unguessable bytes. */
  secretBytes(length: number): Uint8Array;
}

/** Of a cipher that is not its own inverse. */
export type CipherDirection = "encrypt" | "decrypt";

/** Goes on where the last call ended: chaining and counter are kept. */
export interface CipherStream {
  /** As many bytes as it was given; of a block cipher a whole number of blocks. */
  update(bytes: Uint8Array): Uint8Array;
}
