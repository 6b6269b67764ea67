/**
 * Digests and signatures that cost little: four FNV-like lanes instead of SHA-256, and a keyed digest instead of a signature.
 * Nobody in the simulated world can forge one, because nobody in it tries but through these ports.
 */
import type { Hash, Hasher, SignatureCheck, Signer } from "@coeval/core/ports/hash";

export const hash: Hash = { sha256: createHasher };

/** The digest of a text. */
export function digest(text: string): string {
  return createHasher().update(text).hex();
}

/** A key pair; the public half is written as PEM is. `fingerprint` stands for that of the key's SubjectPublicKeyInfo. */
export interface Key extends Signer {
  readonly fingerprint: string;
}

/** The keys of one simulated world: it alone can tell whether a signature fits. */
export interface KeyRing extends SignatureCheck {
  create(name: string): Key;
}

export function createKeyRing(): KeyRing {
  const secrets = new Map<string, string>();
  const signatureOf = (secret: string, bytes: Uint8Array) =>
    createHasher().update(secret).update(bytes).hex();
  return {
    create(name) {
      const publicKey = `-----BEGIN PUBLIC KEY-----\n${name}-${secrets.size}\n-----END PUBLIC KEY-----\n`;
      const secret = `secret of ${publicKey}`;
      secrets.set(publicKey, secret);
      return { publicKey, fingerprint: digest(publicKey), sign: (bytes) => signatureOf(secret, bytes) };
    },
    verify(publicKey, bytes, signature) {
      const secret = secrets.get(publicKey);
      return secret !== undefined && signatureOf(secret, bytes) === signature;
    },
  };
}

const encoder = new TextEncoder();
const WORDS = 8;

function createHasher(): Hasher {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  let length = 0;
  const hasher: Hasher = {
    update(input) {
      const bytes = typeof input === "string" ? encoder.encode(input) : input;
      for (let i = 0; i < bytes.length; i++) {
        const byte = bytes[i] as number;
        a = Math.imul(a ^ byte, 0x01000193);
        b = Math.imul((b << 5) ^ (b >>> 27) ^ byte, 0x5bd1e995);
      }
      length += bytes.length;
      return hasher;
    },
    hex() {
      let text = "";
      for (let word = 0; word < WORDS; word++)
        text += mixed(a, b ^ length, word)
          .toString(16)
          .padStart(8, "0");
      return text;
    },
  };
  return hasher;
}

function mixed(a: number, b: number, word: number): number {
  let x = Math.imul(a ^ Math.imul(word + 1, 0x9e3779b9), 0x85ebca6b) ^ Math.imul(b + word, 0xc2b2ae35);
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}
