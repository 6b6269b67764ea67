/** Streams in memory: bytes in order, back-pressure, an orderly end, and breaks where a test wants them. */
import { CoevalError } from "@coeval/core/errors";
import type { Network, Peer, Stream } from "@coeval/core/ports/network";

/** Unread bytes beyond which a writer waits. */
const WINDOW_BYTES = 64 * 1024;

/** One connection, both ends. */
export interface FakeConnection {
  readonly caller: Stream;
  readonly callee: Stream;
  /** Breaks it at once: what was not read yet is lost. */
  cut(): void;
  /** Breaks it once so many bytes were written, both ways together. */
  cutAfter(bytes: number): void;
  /** Bytes written so far, both ways together. */
  readonly bytes: number;
}

export interface FakeNet {
  /** The network of one party. */
  of(self: Peer): Network;
  /** Every connection made, in order. */
  readonly connections: readonly FakeConnection[];
  /** Called with each new connection before anything is said on it. */
  onConnect: ((connection: FakeConnection) => void) | null;
  /** What connecting waits for first; throws where nobody is to be reached. */
  onDial: (() => Promise<void>) | null;
}

export function createFakeNet(): FakeNet {
  const listeners = new Map<string, { readonly self: Peer; readonly accept: (stream: Stream) => void }>();
  const connections: FakeConnection[] = [];
  let ports = 9000;
  const net: FakeNet = {
    connections,
    onConnect: null,
    onDial: null,
    of: (self) => ({
      async connect(address, cancel) {
        cancel?.throwIfAborted();
        await net.onDial?.();
        const listening = listeners.get(address);
        if (!listening) throw new CoevalError("unreachable", `${address} does not answer`);
        const connection = connect(self, listening.self);
        connections.push(connection);
        net.onConnect?.(connection);
        listening.accept(connection.callee);
        return connection.caller;
      },
      async listen(wanted, accept) {
        const address = wanted.endsWith(":0") ? wanted.replace(/0$/, String(++ports)) : wanted;
        if (listeners.has(address)) throw new CoevalError("unreachable", `${address} is in use`);
        listeners.set(address, { self, accept });
        return { address, close: async () => void listeners.delete(address) };
      },
    }),
  };
  return net;
}

/** A connection of a caller to a callee, each as the other sees it. */
export function connect(caller: Peer, callee: Peer): FakeConnection {
  const there = createPipe();
  const back = createPipe();
  let bytes = 0;
  let bytesMax = Number.POSITIVE_INFINITY;
  const cut = (): void => {
    const why = new CoevalError("unreachable", "the connection was cut");
    for (const pipe of [there, back]) pipe.fail(why);
  };
  const end = (peer: Peer, inward: Pipe, outward: Pipe): Stream => ({
    peer,
    read: () => inward.read(),
    async write(part) {
      bytes += part.length;
      if (bytes > bytesMax) cut();
      await outward.write(part);
    },
    close(reason) {
      outward.end();
      inward.fail(new CoevalError("unreachable", `closed: ${reason}`));
    },
  });
  return {
    caller: end(callee, back, there),
    callee: end(caller, there, back),
    cut,
    cutAfter: (most) => void (bytesMax = most),
    get bytes() {
      return bytes;
    },
  };
}

interface Pipe {
  read(): Promise<Uint8Array | null>;
  write(bytes: Uint8Array): Promise<void>;
  /** No more comes; what was written is still read. */
  end(): void;
  fail(why: CoevalError): void;
}

function createPipe(): Pipe {
  const parts: Uint8Array[] = [];
  let unreadBytes = 0;
  let ended = false;
  let failed: CoevalError | null = null;
  let change = Promise.withResolvers<void>();
  const stir = (): void => {
    change.resolve();
    change = Promise.withResolvers<void>();
  };
  return {
    async read() {
      for (;;) {
        if (failed) throw failed;
        const part = parts.shift();
        if (part) {
          unreadBytes -= part.length;
          stir();
          return part;
        }
        if (ended) return null;
        await change.promise;
      }
    },
    async write(bytes) {
      if (!failed && !ended) {
        parts.push(bytes);
        unreadBytes += bytes.length;
        stir();
      }
      while (!failed && !ended && unreadBytes > WINDOW_BYTES) await change.promise;
      if (failed) throw failed;
      if (ended) throw new CoevalError("unreachable", "the stream was closed");
    },
    end() {
      ended = true;
      stir();
    },
    fail(why) {
      failed ??= why;
      parts.length = 0;
      stir();
    },
  };
}
