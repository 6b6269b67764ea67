/** DIGEST-MD5's protection of messages: a numbered checksum, inside a cipher where there is privacy. Source: RFC 2831,
 * sections 2.3 and 2.4. */
import type { CipherDirection, CipherStream, Cryptography } from "./cryptography.ts";
import type { DigestSecrets } from "./digest-secrets.ts";
import type { DigestCipher } from "./mechanism.ts";
import { rc4 } from "./rc4.ts";
import { SaslError } from "./sasl-error.ts";

export interface DigestLayer {
  wrap(message: Uint8Array): Uint8Array;
  unwrap(protectedMessage: Uint8Array): Uint8Array;
}

const MAC_BYTES = 10;
/** Message type (always 1) and sequence number. */
const TRAILER_BYTES = 6;
const MESSAGE_TYPE = 1;
const DES_BLOCK_BYTES = 8;
/** What a wrapped message may be longer by. */
export const DIGEST_OVERHEAD_BYTES = MAC_BYTES + TRAILER_BYTES + DES_BLOCK_BYTES;

/** `cipher` null: checksums alone (`auth-int`). */
export function createDigestLayer(
  cryptography: Cryptography,
  secrets: DigestSecrets,
  cipher: DigestCipher | null,
): DigestLayer {
  const blockBytes = cipher === "3des" ? DES_BLOCK_BYTES : 1;
  const seal = cipherOf(cryptography, cipher, "encrypt", secrets.clientSealingKey);
  const open = cipherOf(cryptography, cipher, "decrypt", secrets.serverSealingKey);
  const mac = (key: Uint8Array, number: Uint8Array, message: Uint8Array): Uint8Array =>
    cryptography.hmacMd5(key, number, message).subarray(0, MAC_BYTES);
  let sent = 0;
  let received = 0;

  return {
    wrap(message) {
      const trailer = trailerOf(sent++);
      const sum = mac(secrets.clientSigningKey, trailer.subarray(2), message);
      const paddingBytes = paddingOf(message.length, blockBytes);
      const inner = new Uint8Array(message.length + paddingBytes + MAC_BYTES);
      inner.set(message);
      inner.fill(paddingBytes, message.length, message.length + paddingBytes);
      inner.set(sum, message.length + paddingBytes);
      return joined(seal.update(inner), trailer);
    },

    unwrap(bytes) {
      const innerBytes = bytes.length - TRAILER_BYTES;
      if (innerBytes < MAC_BYTES || innerBytes % blockBytes !== 0) throw tampered("has no such length");
      const trailer = trailerOf(received++);
      if (!equal(bytes.subarray(innerBytes), trailer)) throw tampered("is not the next one in order");
      const inner = open.update(bytes.subarray(0, innerBytes));
      const bodyBytes = innerBytes - MAC_BYTES;
      const paddingBytes = blockBytes === 1 ? 0 : (inner[bodyBytes - 1] ?? 0);
      if (paddingBytes > Math.min(blockBytes, bodyBytes)) throw tampered("is padded wrongly");
      const message = inner.subarray(0, bodyBytes - paddingBytes);
      const sum = mac(secrets.serverSigningKey, trailer.subarray(2), message);
      if (!equal(inner.subarray(bodyBytes), sum)) throw tampered("was changed on its way");
      return message;
    },
  };
}

function cipherOf(
  { tripleDesCbc }: Cryptography,
  cipher: DigestCipher | null,
  direction: CipherDirection,
  key: Uint8Array,
): CipherStream {
  if (cipher === null) return { update: (bytes) => bytes };
  if (cipher === "rc4") return rc4(key);
  return tripleDesCbc(direction, tripleDesKey(key), key.subarray(8, 16));
}

/** Two keys of 56 bits, spread over 8 bytes each with a parity bit at the end; the first one serves again as third. */
export function tripleDesKey(key: Uint8Array): Uint8Array {
  const first = withParity(key.subarray(0, 7));
  return joined(joined(first, withParity(key.subarray(7, 14))), first);
}

function withParity(seven: Uint8Array): Uint8Array {
  let bits = 0n;
  for (const byte of seven) bits = (bits << 8n) | BigInt(byte);
  return Uint8Array.from({ length: 8 }, (_, index) => {
    const chunk = Number((bits >> BigInt(7 * (7 - index))) & 0x7fn);
    let ones = 0;
    for (let rest = chunk; rest > 0; rest >>= 1) ones += rest & 1;
    return (chunk << 1) | (ones % 2 === 0 ? 1 : 0);
  });
}

/** So that message, padding and checksum fill whole blocks; at least 1 byte with a block cipher. */
function paddingOf(messageBytes: number, blockBytes: number): number {
  return blockBytes === 1 ? 0 : blockBytes - ((messageBytes + MAC_BYTES) % blockBytes);
}

function trailerOf(number: number): Uint8Array {
  const trailer = new Uint8Array(TRAILER_BYTES);
  const view = new DataView(trailer.buffer);
  view.setUint16(0, MESSAGE_TYPE);
  view.setUint32(2, number);
  return trailer;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  let difference = one.length ^ other.length;
  for (const [index, byte] of one.entries()) difference |= byte ^ (other[index] ?? 0);
  return difference === 0;
}

function tampered(how: string): SaslError {
  return new SaslError("tampered", `a protected message ${how}`);
}
