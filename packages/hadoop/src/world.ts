/** What the clients of this package need from outside: elapsed time, random bytes, and an HTTP transport or byte
 * streams. They open no socket and start no timer themselves, so a simulator can stand in for all of it. */

import type { Cryptography } from "./sasl/cryptography.ts";

/** For WebHDFS. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly http: HttpTransport;
}

/** For the native protocols: RPC and data transfer. */
export interface NativeWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly streams: StreamTransport;
  /** For checksums of whole files and secured data transfer; without it these are refused. */
  readonly cryptography?: Cryptography | undefined;
}

/** Elapsed time. */
export interface Clock {
  /** Elapsed ms since an arbitrary start, with a fraction; never steps back. */
  elapsedMs(): number;
  /** Resolves after at least `ms`; rejects with the signal's reason when cancelled first. */
  sleep(ms: number, cancel?: AbortSignal): Promise<void>;
}

/** Chance. */
export interface Random {
  /** `length` random bytes. Used to spread retries, never for secrets. */
  bytes(length: number): Uint8Array;
}

/** TCP. */
export interface StreamTransport {
  /**
   * Connects to `host:port`. Rejects with a {@link StreamFailure} `refused` (after `connectMsMax` too), or with the
   * signal's reason; the signal counts until the stream is there, not after.
   */
  connect(
    server: { readonly host: string; readonly port: number },
    options: { readonly connectMsMax: number; readonly cancel?: AbortSignal | undefined },
  ): Promise<ByteStream>;
}

/** A duplex stream of bytes, in order. It reads ahead only as far as a small buffer of its own. */
export interface ByteStream {
  /** The next bytes (never empty), or null at the peer's orderly end. One reader at a time. Rejects with a
   * {@link StreamFailure} `reset` when the connection breaks, and after `close`. */
  read(): Promise<Uint8Array | null>;
  /** Told of bytes that came from `read`, or of a part of them, when nobody will look at them any more: their memory may be filled
   * again. Each byte once at most. Optional on both sides: what is never given back is left to the garbage collector. */
  giveBack?(bytes: Uint8Array): void;
  /** Sends the pieces in order, together where the system can. Resolves when there is room for more: back-pressure.
   * The bytes must not be changed afterwards. Rejects as `read` does. */
  write(...pieces: readonly Uint8Array[]): Promise<void>;
  /** Ends the stream at once, both ways: what is not yet sent may be lost. Safe to call twice. */
  close(): void;
}

/** Why a stream broke. `refused`: no connection was made, nothing was sent. `reset`: it was lost. */
export type StreamFailureKind = "refused" | "reset";

/** Recognised by shape, so that the transport's package need not import this one. */
export interface StreamFailure extends Error {
  readonly streamFailure: StreamFailureKind;
}

/** The kind of a stream's failure, or null when `error` is something else. */
export function streamFailureKind(error: unknown): StreamFailureKind | null {
  if (!(error instanceof Error) || !("streamFailure" in error)) return null;
  return error.streamFailure === "refused" || error.streamFailure === "reset" ? error.streamFailure : null;
}

/** HTTP/1.1 requests over connections that the transport keeps, bounds in number and shares. */
export interface HttpTransport {
  /**
   * Sends one request and resolves when the response's head is here. Redirects are never followed.
   *
   * Rejects with an {@link HttpFailure}, with the signal's reason when cancelled, or with whatever the request's own
   * body threw. The response's body must be iterated (to its end or with an early `break`), else its connection
   * stays taken.
   */
  request(request: HttpRequest): Promise<HttpResponse>;
}

/** One request. */
export interface HttpRequest {
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  /** True for https. */
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** Path and query, already percent-encoded; sent as it is. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** An array goes with its length, an iterable chunked. It is not pulled before there is a connection, and then only
   * as fast as the peer takes it. What it throws ends the exchange and is thrown on. */
  readonly body?: Uint8Array | AsyncIterable<Uint8Array> | undefined;
  /** The longest the peer may keep us waiting with nothing moving: for the response's head, for room to send, for
   * the next bytes. Time that the caller takes (producing or consuming a body) does not count. */
  readonly silenceMsMax: number;
  readonly cancel?: AbortSignal | undefined;
}

/** The head of a response, and its body to come. */
export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Ends only when the whole body is here: a connection lost before throws an {@link HttpFailure} `reset`. */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Why an exchange broke:
 * - `refused`: no connection was made, nothing was sent;
 * - `reset`: the connection was lost, the request may have taken effect;
 * - `timeout`: silence beyond `silenceMsMax`, the request may have taken effect;
 * - `protocol`: what came back is not HTTP.
 */
export type HttpFailureKind = "refused" | "reset" | "timeout" | "protocol";

/** Recognised by shape, so that the transport's package need not import this one. */
export interface HttpFailure extends Error {
  readonly httpFailure: HttpFailureKind;
}

const KINDS: readonly unknown[] = ["refused", "reset", "timeout", "protocol"] satisfies HttpFailureKind[];

/** The kind of a transport's failure, or null when `error` is something else. */
export function httpFailureKind(error: unknown): HttpFailureKind | null {
  if (!(error instanceof Error) || !("httpFailure" in error)) return null;
  return KINDS.includes(error.httpFailure) ? (error.httpFailure as HttpFailureKind) : null;
}
