/** The sender's view of files under way on one stream: what the peer said of each, and how much it may still be sent. */
import { CoevalError } from "@coeval/core/errors";
import { FILE_WINDOW_BYTES_MAX, type TransferMessage } from "@coeval/contract/wire/transfer";

type Reply = Extract<TransferMessage, { say: "want" | "have" | "took" | "done" }>;

/** One file under way. */
export interface Flight {
  /** `want`, or `have` with the digest of what the peer holds already. */
  readonly answered: Promise<Extract<Reply, { say: "want" | "have" }>>;
  /** Resolves when `bytes` more may be sent. */
  room(bytes: number): Promise<void>;
  /** The digest of what the peer wrote. */
  readonly done: Promise<string>;
}

export interface InFlight {
  open(channel: number): Flight;
  /** The peer has it; nothing is heard of it any more. */
  close(channel: number): void;
  /** @throws CoevalError `protocol` for a file that is not under way, or bytes that were never sent. */
  hear(reply: Reply): void;
  /** The stream broke: all that is awaited, now or later, rejects. */
  fail(cause: unknown): void;
}

export function createInFlight(): InFlight {
  const flights = new Map<number, Waiting>();
  let failed: { cause: unknown } | null = null;
  return {
    open(channel) {
      const waiting = createWaiting();
      flights.set(channel, waiting);
      if (failed) waiting.fail(failed.cause);
      return waiting;
    },
    close: (channel) => void flights.delete(channel),
    hear(reply) {
      const waiting = flights.get(reply.channel);
      if (!waiting) throw breach(reply, "which is not under way");
      waiting.hear(reply);
    },
    fail(cause) {
      failed ??= { cause };
      for (const waiting of flights.values()) waiting.fail(cause);
    },
  };
}

interface Waiting extends Flight {
  hear(reply: Reply): void;
  fail(cause: unknown): void;
}

function createWaiting(): Waiting {
  const answered = awaited<Extract<Reply, { say: "want" | "have" }>>();
  const done = awaited<string>();
  let room = awaited<void>();
  let underWayBytes = 0;
  let failed = false;
  return {
    answered: answered.promise,
    done: done.promise,
    async room(bytes) {
      while (failed || (underWayBytes > 0 && underWayBytes + bytes > FILE_WINDOW_BYTES_MAX))
        await room.promise;
      underWayBytes += bytes;
    },
    hear(reply) {
      if (failed) return;
      if (reply.say === "done") done.resolve(reply.sha256);
      else if (reply.say !== "took") answered.resolve(reply);
      else {
        if (reply.bytes > underWayBytes) throw breach(reply, "of which fewer bytes were sent");
        underWayBytes -= reply.bytes;
        room.resolve();
        room = awaited<void>();
      }
    },
    fail(cause) {
      failed = true;
      for (const one of [answered, done, room]) one.reject(cause);
    },
  };
}

/** Nobody may be waiting yet when the stream breaks. */
function awaited<T>(): PromiseWithResolvers<T> {
  const waiting = Promise.withResolvers<T>();
  waiting.promise.catch(() => undefined);
  return waiting;
}

function breach(reply: Reply, why: string): CoevalError {
  return new CoevalError("protocol", `\`${reply.say}\` of file ${reply.channel}, ${why}`);
}
