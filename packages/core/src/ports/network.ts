/** Authenticated duplex streams. On real networks every one is mutual TLS, loopback too. */

/** Who is at the other end, as its certificate proves. `fingerprint`: SHA-256 (hex) of the certificate's SubjectPublicKeyInfo, so a renewal keeps it. */
export type Peer =
  | { readonly kind: "control"; readonly id: string; readonly fingerprint: string }
  | { readonly kind: "agent"; readonly cluster: string; readonly agent: string; readonly fingerprint: string }
  /** No certificate was shown. Only an enrolment is heard from it. */
  | { readonly kind: "stranger" };

/** Whom a caller means to reach. Another peer is refused with `peer-not-trusted`, whatever its certificate. */
export type Expected =
  | { readonly kind: "control"; readonly fingerprint?: string }
  | {
      readonly kind: "agent";
      readonly cluster: string;
      readonly agent: string;
      readonly fingerprint: string;
    };

/** True when everything that `expect` names is so of `peer`. */
export function isExpected(peer: Peer, expect: Expected): boolean {
  const facts: Readonly<Record<string, string>> = { ...peer };
  return Object.entries(expect).every(([name, value]) => value === undefined || facts[name] === value);
}

/** One authenticated duplex stream of bytes, in order. */
export interface Stream {
  readonly peer: Peer;
  /** The next bytes (never empty), or null at the peer's orderly end. Rejects with a CoevalError `unreachable` when the connection breaks. */
  read(): Promise<Uint8Array | null>;
  /**
   * Resolves when the bytes are accepted and there is room for more: back-pressure. Rejects as `read` does. The bytes must not be changed
   * until `sent` is called, which says that the stream holds nothing of them any more; a stream need not ever call it.
   */
  write(bytes: Uint8Array, sent?: () => void): Promise<void>;
  /**
   * Ends the stream at once, both ways; pending reads and writes reject with `reason`. What was accepted before still goes out,
   * and the peer then reads the orderly end. Safe to call twice.
   */
  close(reason: string): void;
}

/** Makes and accepts streams. */
export interface Network {
  /** Opens a stream to `address` (`host:port`). Rejects with a CoevalError `unreachable` or `peer-not-trusted`. */
  connect(address: string, cancel?: AbortSignal, expect?: Expected): Promise<Stream>;
  /** Accepts streams on `address`; port 0 picks a free one. */
  listen(address: string, accept: (stream: Stream) => void): Promise<Listener>;
}

/** An open door for streams. */
export interface Listener {
  /** The address bound, `host:port`. */
  readonly address: string;
  close(): Promise<void>;
}
