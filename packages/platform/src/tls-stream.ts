/**
 * The stream port on a TLS socket. Bytes are pulled: the socket reads ahead only as far as its own buffer, and a write waits
 * until the kernel has taken what was written before. TLS as Node shows it cannot tell a peer's close from its sudden death
 * while nothing was in flight: both read as the end, so what is said on a stream must end itself.
 */
import type { TLSSocket } from "node:tls";
import { CoevalError } from "@coeval/core/errors";
import type { Peer, Stream } from "@coeval/core/ports/network";
import { plainBytes } from "./plain-bytes.ts";

/** What lies here for the reader before the peer is slowed down. */
const READ_AHEAD_BYTES = 256 * 1024;

/** How long a closed stream may take to send what it had accepted. */
export const CLOSE_MS_MAX = 1000;

export interface TlsStream extends Stream {
  /** Breaks it without sending what was accepted. Pending reads and writes reject with `cause`. */
  destroy(cause: CoevalError): void;
}

export function tlsStream(socket: TLSSocket, peer: Peer): TlsStream {
  const name = describePeer(peer, socket.remoteAddress);
  // Both may have come about while the socket was handed over; their events are not repeated.
  let ended = socket.readableEnded;
  let failure: CoevalError | null = !ended && socket.destroyed ? broken(name) : null;
  let reader: PromiseWithResolvers<void> | null = null;
  let room: PromiseWithResolvers<void> | null = null;

  const wakeReader = () => {
    reader?.resolve();
    reader = null;
  };
  const wakeWriters = () => {
    room?.resolve();
    room = null;
  };
  const fail = (cause: CoevalError) => {
    failure ??= cause;
    wakeReader();
    wakeWriters();
  };

  const mustBeOpen = () => {
    if (failure !== null) throw failure;
    if (!socket.writable) throw broken(name);
  };

  const arrived = createArrived(socket, wakeReader);
  socket.on("end", () => {
    ended = true;
    wakeReader();
  });
  socket.on("drain", wakeWriters);
  socket.on("error", (cause) => fail(broken(name, cause)));
  socket.on("close", () => {
    if (!ended) fail(broken(name));
    wakeWriters();
  });

  return {
    peer,
    async read() {
      if (reader !== null) throw new Error("a stream is read by one reader at a time");
      for (;;) {
        if (failure !== null) throw failure;
        const bytes = arrived.take();
        if (bytes !== null) return bytes;
        if (ended) return null;
        reader = Promise.withResolvers();
        await reader.promise;
      }
    },
    async write(bytes, sent) {
      mustBeOpen();
      if (bytes.length === 0 || socket.write(bytes, sent && (() => sent()))) return;
      room ??= Promise.withResolvers();
      await room.promise;
      // Woken by a fresh drain, or because the stream is over.
      mustBeOpen();
    },
    close(reason) {
      if (failure !== null) return;
      fail(new CoevalError("unreachable", `the stream with ${name} was closed: ${reason}`));
      endSocket(socket);
    },
    destroy(cause) {
      if (failure === null) fail(cause);
      socket.destroy();
    },
  };
}

/** The pieces as they come: read from the socket at once they would be joined, and that is a copy of everything. */
function createArrived(socket: TLSSocket, came: () => void): { take(): Uint8Array | null } {
  const pieces: Uint8Array[] = [];
  let waitingBytes = 0;
  socket.on("data", (bytes: Buffer) => {
    pieces.push(plainBytes(bytes));
    waitingBytes += bytes.length;
    if (waitingBytes >= READ_AHEAD_BYTES) socket.pause();
    came();
  });
  // Whoever judged the peer has read from the socket, which so stopped flowing.
  socket.resume();
  return {
    take() {
      const bytes = pieces.shift();
      if (bytes === undefined) return null;
      waitingBytes -= bytes.length;
      if (waitingBytes < READ_AHEAD_BYTES / 2 && socket.isPaused()) socket.resume();
      return bytes;
    },
  };
}

/** Sends what is buffered and the end, drops what still comes in, and gives the socket up after CLOSE_MS_MAX. */
export function endSocket(socket: TLSSocket, last?: Uint8Array): void {
  if (last === undefined) socket.end();
  else socket.end(last);
  // Unread bytes at the close would make the kernel reset the connection and drop what the peer has not read yet.
  socket.removeAllListeners("data");
  socket.resume();
  const giveUp = setTimeout(() => socket.destroy(), CLOSE_MS_MAX);
  socket.once("close", () => clearTimeout(giveUp));
}

/** For messages: who it is, and where when that is known. */
export function describePeer(peer: Peer, address?: string): string {
  const where = address === undefined ? "" : ` at ${address}`;
  if (peer.kind === "agent") return `agent ${peer.agent} of cluster ${peer.cluster}${where}`;
  return peer.kind === "control" ? `control device ${peer.id}${where}` : `a stranger${where}`;
}

function broken(name: string, cause?: Error): CoevalError {
  const why = cause === undefined ? "it was cut" : cause.message;
  return new CoevalError("unreachable", `the connection with ${name} broke: ${why}`, { cause });
}
