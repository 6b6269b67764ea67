/** Digests and signatures. All calls are synchronous, so that simulated code awaits ports only. */

export interface Hash {
  /** A new incremental SHA-256. */
  sha256(): Hasher;
}

/** An incremental digest. */
export interface Hasher {
  update(bytes: Uint8Array | string): Hasher;
  /** Lower-case hex, 64 characters. The hasher is spent. */
  hex(): string;
}

/** One party's signing key; the private half never leaves its process. */
export interface Signer {
  /** SubjectPublicKeyInfo in PEM, as it stands in the party's X.509 certificate. */
  readonly publicKey: string;
  /** Signature over the bytes, base64. */
  sign(bytes: Uint8Array): string;
}

/** Checks signatures of whatever kind our certificates' keys are. */
export interface SignatureCheck {
  /** True when `signature` (base64) over `bytes` was made with the private half of `publicKey` (PEM). False for any malformed input. */
  verify(publicKey: string, bytes: Uint8Array, signature: string): boolean;
}
