/**
 * Digests and signatures for tests: quick, dependent on every byte, forgeable. Two different inputs give two different digests
 * as surely as a test needs it.
 */
import type { Hash, Hasher, SignatureCheck, Signer } from "../ports/hash.ts";

const LANES = 8;
const PRIME = 0x01000193;

/** The hash port for tests. */
export const fakeHash: Hash = { sha256: createHasher };

/** The digest of a whole text or of bytes. */
export function digestOf(bytes: Uint8Array | string): string {
  return createHasher().update(bytes).hex();
}

/** A signer whose signature is a digest over its public key and the bytes. */
export function fakeSigner(name: string): Signer {
  const publicKey = `-----BEGIN PUBLIC KEY-----\n${name}\n-----END PUBLIC KEY-----\n`;
  return { publicKey, sign: (bytes) => signatureOf(publicKey, bytes) };
}

/** Accepts what fakeSigner made, and nothing else. */
export const fakeSignatures: SignatureCheck = {
  verify: (publicKey, bytes, signature) => signature === signatureOf(publicKey, bytes),
};

function signatureOf(publicKey: string, bytes: Uint8Array): string {
  return createHasher().update(publicKey).update(bytes).hex();
}

function createHasher(): Hasher {
  const encoder = new TextEncoder();
  const lanes = Array.from({ length: LANES }, (_, index) => Math.imul(index + 1, 0x9e3779b1) >>> 0);
  const hasher: Hasher = {
    update(input) {
      const bytes = typeof input === "string" ? encoder.encode(input) : input;
      for (const byte of bytes) {
        for (let lane = 0; lane < LANES; lane++) {
          const mixed = Math.imul((lanes[lane] as number) ^ (byte + lane), PRIME);
          lanes[lane] = (mixed ^ (mixed >>> 15)) >>> 0;
        }
      }
      return hasher;
    },
    hex: () => lanes.map((lane) => lane.toString(16).padStart(8, "0")).join(""),
  };
  return hasher;
}
