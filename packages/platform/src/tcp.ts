/** Byte streams over node:net: the transport that the native Hadoop clients are handed. Bytes are pulled, so a socket
 * reads ahead only as far as its own buffer; a write waits until the kernel has taken what was written before. The
 * interfaces say the same as StreamTransport of the hadoop package and fit it by shape. */
import { connect, type Socket } from "node:net";
import { type Arrivals, createArrivals } from "./arrivals.ts";

export interface TcpStream {
  /** The next bytes (never empty), or null at the peer's orderly end. One reader at a time. */
  read(): Promise<Uint8Array | null>;
  /** Nobody will look at these bytes, which came from `read`, any more; each byte once at most. Their memory may be filled again. */
  giveBack(bytes: Uint8Array): void;
  /** Sends the pieces with one system call where it can; resolves when there is room for more. */
  write(...pieces: readonly Uint8Array[]): Promise<void>;
  /** Ends it at once, both ways. Safe to call twice. */
  close(): void;
}

export interface Tcp {
  connect(
    server: { readonly host: string; readonly port: number },
    options: { readonly connectMsMax: number; readonly cancel?: AbortSignal | undefined },
  ): Promise<TcpStream>;
  /** Ends all streams. */
  close(): void;
}

export interface TcpOptions {
  /** Default READ_AHEAD_BYTES_DEFAULT. */
  readonly readAheadBytes?: number | undefined;
}

/** Bytes a socket keeps for its reader, and accepts from its writer, before the peer is slowed down. */
export const READ_AHEAD_BYTES_DEFAULT = 256 * 1024;

/** Why a stream broke. `refused`: no connection was made, nothing was sent. `reset`: it was lost. */
export class StreamFailure extends Error {
  override readonly name = "StreamFailure";
  readonly streamFailure: "refused" | "reset";

  constructor(kind: "refused" | "reset", message: string, cause?: unknown) {
    super(message, { cause });
    this.streamFailure = kind;
  }
}

/** TCP streams, without delay (Nagle's algorithm off) and kept alive. */
export function createTcp(options: TcpOptions = {}): Tcp {
  const readAheadBytes = options.readAheadBytes ?? READ_AHEAD_BYTES_DEFAULT;
  const open = new Set<Socket>();
  return {
    connect({ host, port }, { connectMsMax, cancel }) {
      return new Promise((resolve, reject) => {
        cancel?.throwIfAborted();
        const arrivals = createArrivals(readAheadBytes);
        const onread = {
          buffer: () => arrivals.free(),
          callback: (count: number) => arrivals.came(count),
        };
        const how = { host, port, noDelay: true, keepAlive: true, highWaterMark: readAheadBytes, onread };
        const socket = connect(how);
        open.add(socket);
        const settle = (): void => {
          clearTimeout(timer);
          cancel?.removeEventListener("abort", cancelled);
          socket.off("error", failed);
        };
        const failed = (cause: unknown): void => {
          settle();
          socket.destroy();
          reject(cause === cancel?.reason ? cause : refused(host, port, cause));
        };
        const cancelled = (): void => failed(cancel?.reason);
        const timer = setTimeout(
          () => failed(new Error(`no connection within ${connectMsMax} ms`)),
          connectMsMax,
        );
        cancel?.addEventListener("abort", cancelled, { once: true });
        socket.once("close", () => open.delete(socket));
        socket.once("error", failed);
        socket.once("connect", () => {
          settle();
          resolve(tcpStream(socket, arrivals, `${host}:${port}`));
        });
      });
    },
    close() {
      for (const socket of open) socket.destroy();
    },
  };
}

function refused(host: string, port: number, cause: unknown): StreamFailure {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new StreamFailure("refused", `no connection to ${host}:${port}: ${why}`, cause);
}

function tcpStream(socket: Socket, arrivals: Arrivals, name: string): TcpStream {
  let failure: StreamFailure | null = null;
  let reader: PromiseWithResolvers<void> | null = null;
  let room: PromiseWithResolvers<void> | null = null;

  const wakeReader = (): void => {
    reader?.resolve();
    reader = null;
  };
  const wakeWriters = (): void => {
    room?.resolve();
    room = null;
  };
  const fail = (why: string, cause?: unknown): void => {
    failure ??= new StreamFailure("reset", `the connection with ${name} broke: ${why}`, cause);
    wakeReader();
    wakeWriters();
  };
  const mustBeOpen = (): void => {
    if (failure !== null) throw failure;
    if (!socket.writable) throw new StreamFailure("reset", `the connection with ${name} was ended`);
  };

  arrivals.wake = wakeReader;
  socket.on("end", () => {
    arrivals.ended = true;
    wakeReader();
  });
  socket.on("drain", wakeWriters);
  socket.on("error", (cause) => fail(cause.message, cause));
  socket.on("close", () => {
    if (!arrivals.ended) fail("it was cut");
    wakeWriters();
  });

  return {
    async read() {
      if (reader !== null) throw new Error("a stream is read by one reader at a time");
      for (;;) {
        if (failure !== null) throw failure;
        const bytes = arrivals.take();
        if (bytes !== null) {
          if (arrivals.isPaused) {
            arrivals.isPaused = false;
            socket.resume();
          }
          return bytes;
        }
        if (arrivals.ended) return null;
        reader = Promise.withResolvers();
        await reader.promise;
      }
    },
    giveBack: arrivals.giveBack,
    async write(...pieces) {
      mustBeOpen();
      if (writeTogether(socket, pieces)) return;
      room ??= Promise.withResolvers();
      await room.promise;
      // Woken by a fresh drain, or because the stream is over.
      mustBeOpen();
    },
    close() {
      fail("it was closed on our side");
      socket.destroy();
    },
  };
}

/** True when there is room for more. */
function writeTogether(socket: Socket, pieces: readonly Uint8Array[]): boolean {
  if (pieces.length > 1) socket.cork();
  let roomLeft = true;
  for (const piece of pieces) if (piece.length > 0) roomLeft = socket.write(piece);
  if (pieces.length > 1) socket.uncork();
  return roomLeft;
}
