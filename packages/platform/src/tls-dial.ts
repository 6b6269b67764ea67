/** The dialling end: connects, proves the other end, and waits until it has been accepted there. */
import { isIP } from "node:net";
import { type ConnectionOptions, connect, type SecureContext, type TLSSocket } from "node:tls";
import { CoevalError } from "@coeval/core/errors";
import { type Expected, isExpected, type Peer } from "@coeval/core/ports/network";
import { parseAddress } from "./address.ts";
import { peerOf, type Revoked, verdict } from "./tls-peer.ts";
import { describePeer } from "./tls-stream.ts";

export interface Dialled {
  readonly socket: TLSSocket;
  readonly peer: Peer;
}

export interface DialOptions {
  readonly secureContext: SecureContext;
  readonly handshakeMsMax: number;
  readonly cancel?: AbortSignal | undefined;
}

/** Bytes that a dialled socket reads ahead, and that it takes before a write waits. */
export const DIAL_BUFFER_BYTES = 256 * 1024;
/** Idle time after which the kernel asks whether the other end is still there; it then asks every second, ten times. */
export const KEEP_ALIVE_MS = 5000;

/** A connection on which both ends have accepted each other. */
export function dial(
  address: string,
  options: DialOptions & { readonly revoked: () => Revoked; readonly expect?: Expected | undefined },
): Promise<Dialled> {
  return handshake(address, options, (socket, done) => {
    const peer = peerOf(socket, options.revoked());
    if (peer.kind === "stranger" || (options.expect && !isExpected(peer, options.expect))) {
      throw new CoevalError(
        "peer-not-trusted",
        `${describePeer(peer, address)} answers, not ${JSON.stringify(options.expect)}`,
      );
    }
    const onReadable = () => {
      const byte = (socket.read(1) as Buffer | null)?.[0];
      if (byte === undefined) return;
      socket.off("readable", onReadable);
      const refusal = refusalOf(byte, describePeer(peer, address));
      if (refusal) socket.destroy(refusal);
      else done({ socket, peer });
    };
    socket.on("readable", onReadable);
  });
}

/**
 * Opens a TLS connection and hands it to `judge`, which throws, or calls `done` now or later. Everything that goes wrong
 * before `done`, the time-out included, rejects and leaves no socket. Certificates are `judge`'s business.
 */
export function handshake<T>(
  address: string,
  options: DialOptions,
  judge: (socket: TLSSocket, done: (result: T) => void) => void,
): Promise<T> {
  const { cancel, handshakeMsMax } = options;
  return new Promise((resolve, reject) => {
    if (cancel?.aborted) return reject(cancel.reason);
    const socket = connect(connectOptions(address, options.secureContext));
    const giveUp = (cause: unknown) => {
      settle();
      reject(cause);
      socket.destroy();
    };
    const onError = (cause: Error) => giveUp(translate(cause, address));
    const onClose = () => giveUp(unreachable(address, "it closed the connection before it accepted it"));
    const onCancel = () => giveUp(cancel?.reason);
    const timer = setTimeout(
      () => giveUp(unreachable(address, `no handshake within ${handshakeMsMax} ms`)),
      handshakeMsMax,
    );
    const settle = () => {
      clearTimeout(timer);
      cancel?.removeEventListener("abort", onCancel);
      socket.off("error", onError).off("close", onClose).off("end", onClose);
      // A late error of a socket that is being destroyed has been answered already.
      socket.on("error", () => undefined);
    };
    cancel?.addEventListener("abort", onCancel, { once: true });
    socket.on("error", onError).on("close", onClose).on("end", onClose);
    socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS);
    socket.once("secureConnect", () => {
      try {
        judge(socket, (result) => {
          settle();
          resolve(result);
        });
      } catch (cause) {
        giveUp(cause);
      }
    });
  });
}

function connectOptions(
  address: string,
  secureContext: SecureContext,
): ConnectionOptions & { highWaterMark: number } {
  const { host, port } = parseAddress(address);
  return {
    host,
    port,
    secureContext,
    servername: isIP(host) === 0 ? host : "",
    // Judged after the handshake, by the same rules as on the listening side.
    rejectUnauthorized: false,
    // Whom the certificate must name is decided by our own names, not by the host's.
    checkServerIdentity: () => undefined,
    highWaterMark: DIAL_BUFFER_BYTES,
  };
}

function refusalOf(byte: number, name: string): CoevalError | null {
  if (byte === verdict.accepted) return null;
  if (byte === verdict.full)
    return new CoevalError("unreachable", `${name} has as many connections as it takes`);
  if (byte === verdict.refused)
    return new CoevalError("peer-not-trusted", `${name} refuses our certificate; its log says why`);
  return new CoevalError("peer-not-trusted", `${name} does not speak our protocol`);
}

function translate(cause: Error, address: string): unknown {
  if (cause instanceof CoevalError) return cause;
  const code = "code" in cause ? String(cause.code) : "";
  // What answers is no TLS 1.3 server, or one that does not want us: waiting does not help.
  if (code.startsWith("ERR_SSL"))
    return new CoevalError("peer-not-trusted", `${address} does not offer our TLS: ${cause.message}`, {
      cause,
    });
  return unreachable(address, cause.message || code, cause);
}

function unreachable(address: string, why: string, cause?: Error): CoevalError {
  return new CoevalError("unreachable", `${address} cannot be reached: ${why}`, { cause });
}
