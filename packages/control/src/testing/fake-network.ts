/** Streams in memory. The peer that each end sees is what the test says it is: who may connect is the network's matter, not ours. */
import { CoevalError } from "@coeval/core/errors";
import type { Network, Peer, Stream } from "@coeval/core/ports/network";

export interface FakeNetwork extends Network {
  /** Connects as somebody to whoever listens. */
  dial(as: Peer): Stream;
  /** The listening process is gone: every stream breaks, nothing it still writes arrives. */
  kill(): void;
}

export function createFakeNetwork(): FakeNetwork {
  let accept: ((stream: Stream) => void) | null = null;
  const streams = new Set<Stream>();
  return {
    async connect() {
      throw new CoevalError("unreachable", "the control device opens nothing");
    },
    async listen(address, handler) {
      accept = handler;
      return {
        address,
        async close() {
          accept = null;
        },
      };
    },
    dial(as) {
      if (!accept) throw new CoevalError("unreachable", "nobody listens");
      const [near, far] = pairOfStreams({ kind: "control", id: "control", fingerprint: "0".repeat(64) }, as);
      streams.add(far);
      accept(far);
      return near;
    },
    kill() {
      accept = null;
      for (const stream of streams) stream.close("the process was killed");
    },
  };
}

/** Two ends: what one writes the other reads. @param seenByNear the peer that the first end sees. */
export function pairOfStreams(seenByNear: Peer, seenByFar: Peer): [near: Stream, far: Stream] {
  const closed: { reason: string | null } = { reason: null };
  const there = createPipe(closed);
  const back = createPipe(closed);
  const close = (reason: string) => {
    closed.reason ??= reason;
    there.wake();
    back.wake();
  };
  return [
    { peer: seenByNear, close, read: () => back.read(), write: (bytes) => there.write(bytes) },
    { peer: seenByFar, close, read: () => there.read(), write: (bytes) => back.write(bytes) },
  ];
}

function createPipe(closed: { readonly reason: string | null }) {
  const waiting: Uint8Array[] = [];
  let reader: (() => void) | null = null;
  const wake = () => {
    reader?.();
    reader = null;
  };
  return {
    wake,
    async read(): Promise<Uint8Array | null> {
      for (;;) {
        const bytes = waiting.shift();
        if (bytes) return bytes;
        if (closed.reason !== null) throw new CoevalError("unreachable", closed.reason);
        await new Promise<void>((resolve) => {
          reader = resolve;
        });
      }
    },
    async write(bytes: Uint8Array): Promise<void> {
      if (closed.reason !== null) throw new CoevalError("unreachable", closed.reason);
      waiting.push(bytes);
      wake();
    },
  };
}
