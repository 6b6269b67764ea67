/** Byte streams over node:net: the transport that the native Hadoop clients are handed. Bytes are pulled, so a socket
 * reads ahead only as far as its own buffer; a write waits until the kernel has taken what was written before. The
 * interfaces say the same as StreamTransport of the hadoop package and fit it by shape. */
import { connect, type Socket } from "node:net";

export interface TcpStream {
  /** The next bytes (never empty), or null at the peer's orderly end. One reader at a time. */
  read(): Promise<Uint8Array | null>;
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

/** The memory that one connection reads into. Bytes are handed out where they were read, without copying, so a
 * block of memory is filled once and left to whoever holds parts of it. Blocks grow while the peer fills them fast:
 * 64 KiB at a time, as Node reads otherwise, costs a fifth of the time in collecting garbage. */
interface Arrivals {
  /** Where the next bytes go. */
  free(): Uint8Array;
  /** So many bytes came there; false when no more should for now. */
  came(count: number): boolean;
  /** All that lie side by side, or null. */
  take(): Uint8Array | null;
  wake(): void;
  isPaused: boolean;
  ended: boolean;
}

const MEMORY_BYTES_MIN = 64 * 1024;
const MEMORY_BYTES_MAX = 512 * 1024;
/** What is left of a block is used down to this. */
const FREE_BYTES_MIN = 16 * 1024;

function createArrivals(readAheadBytes: number): Arrivals {
  let memory: Uint8Array = new Uint8Array(0);
  let used = 0;
  let taken = 0;
  let waiting = 0;
  let size = MEMORY_BYTES_MIN;
  /** Parts of blocks that are full, not yet taken. */
  const older: Uint8Array[] = [];
  const arrivals: Arrivals = {
    free() {
      if (memory.length - used < FREE_BYTES_MIN) {
        if (used > taken) older.push(memory.subarray(taken, used));
        memory = Buffer.allocUnsafeSlow(size);
        used = 0;
        taken = 0;
      }
      return memory.subarray(used);
    },
    came(count) {
      // The peer is ahead of us when it fills what it is given.
      if (count >= memory.length - used) size = Math.min(size * 2, MEMORY_BYTES_MAX);
      used += count;
      waiting += count;
      arrivals.wake();
      arrivals.isPaused = waiting >= readAheadBytes;
      return !arrivals.isPaused;
    },
    take() {
      const next = older.shift() ?? (used > taken ? memory.subarray(taken, used) : null);
      if (next === null) return null;
      if (older.length === 0 && next.buffer === memory.buffer) taken = used;
      waiting -= next.length;
      return next;
    },
    wake() {},
    isPaused: false,
    ended: false,
  };
  return arrivals;
}

/** True when there is room for more. */
function writeTogether(socket: Socket, pieces: readonly Uint8Array[]): boolean {
  if (pieces.length > 1) socket.cork();
  let roomLeft = true;
  for (const piece of pieces) if (piece.length > 0) roomLeft = socket.write(piece);
  if (pieces.length > 1) socket.uncork();
  return roomLeft;
}
