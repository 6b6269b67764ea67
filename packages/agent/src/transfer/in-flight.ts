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
  close(channel: number): void;
  /** @throws CoevalError `protocol` for a file that is not under way. */
  hear(reply: Reply): void;
  /** The stream broke: all that is awaited rejects. */
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
      if (!waiting)
        throw new CoevalError(
          "protocol",
          `\`${reply.say}\` of file ${reply.channel}, which is not under way`,
        );
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
  const answered = Promise.withResolvers<Extract<Reply, { say: "want" | "have" }>>();
  const done = Promise.withResolvers<string>();
  // Nobody may be waiting yet when the stream breaks.
  answered.promise.catch(() => undefined);
  done.promise.catch(() => undefined);
  let underWay = 0;
  let room = Promise.withResolvers<void>();
  room.promise.catch(() => undefined);
  let failed = false;
  return {
    answered: answered.promise,
    done: done.promise,
    async room(bytes) {
      while (underWay > 0 && underWay + bytes > FILE_WINDOW_BYTES_MAX) await room.promise;
      if (failed) await room.promise;
      underWay += bytes;
    },
    hear(reply) {
      if (reply.say === "done") done.resolve(reply.sha256);
      else if (reply.say !== "took") answered.resolve(reply);
      else {
        underWay = Math.max(0, underWay - reply.bytes);
        room.resolve();
        room = Promise.withResolvers<void>();
        room.promise.catch(() => undefined);
      }
    },
    fail(cause) {
      failed = true;
      answered.reject(cause);
      done.reject(cause);
      room.reject(cause);
    },
  };
}
