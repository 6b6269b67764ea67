/** One connection to a Hadoop RPC server: calls multiplexed on it, bounded in number and in time.
 * Source: Client.java (its Connection), Server.java of hadoop-common 3.4. */
import { MalformedMessage } from "../proto/decode.ts";
import { RpcResponseHeaderProto_RpcStatusProto as Status } from "../proto/generated/rpc_pb.ts";
import type { ByteStream, Clock } from "../world.ts";
import { createEnvelopes, type Incoming, type Outgoing, type Protocol, readAnswer } from "./envelope.ts";
import { RemoteException, RpcFailure } from "./failure.ts";
import { BadFrame, createFrameReader, LENGTH_BYTES, REQUEST_BYTES_MAX, RESPONSE_BYTES_MAX } from "./frame.ts";

/** What a connection is made of. */
export interface ConnectionOptions {
  /** `host:port`, for the words of errors. */
  readonly server: string;
  readonly clientId: Uint8Array;
  readonly protocol: Protocol;
  /** Null where authentication itself has named the caller. */
  readonly user: string | null;
  readonly realUser: string | null;
  /** Longest wait for one call's answer. */
  readonly callMsMax: number;
}

/** A connection that is ready for calls. */
export interface Connection {
  /** False from the moment it is lost or closed: it takes no further call. */
  readonly open: boolean;
  /** Resolves with the answer's message. Rejects with {@link RpcFailure}, {@link RemoteException} or the signal's
   * reason. The signal ends the wait, not the server's work. */
  call(outgoing: Outgoing, cancel?: AbortSignal): Promise<Uint8Array>;
  close(): void;
}

/** Calls under way on one connection; further ones wait. The server works through a queue of 100 a handler and reads
 * no further when it is full, so more would gain nothing. */
export const CALLS_UNDER_WAY_MAX = 512;
/** A server that keeps silent is sent a ping so often, so that a peer which is gone shows itself; ms. */
export const PING_MS = 10_000;

interface Pending {
  readonly resolve: (message: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
  readonly sentMs: number;
}

/** Sends the connection's context over `stream`, which is past its preamble and authentication, and serves calls. */
export function createConnection(clock: Clock, stream: ByteStream, options: ConnectionOptions): Connection {
  const envelopes = createEnvelopes(options.clientId, options.protocol);
  const pending = new Map<number, Pending>();
  const waiting: (() => void)[] = [];
  const ended = new AbortController();
  let failure: RpcFailure | null = null;
  let heardMs = clock.elapsedMs();
  /** An answer has come that could be read. */
  let understood = false;
  let outbox: Uint8Array[] = [];
  let sending = false;
  let watching = false;

  const fail = (cause: RpcFailure): void => {
    if (failure !== null) return;
    failure = cause;
    ended.abort(cause);
    stream.close();
    for (const { reject } of pending.values()) reject(cause);
    pending.clear();
    for (const enter of waiting.splice(0)) enter();
  };

  const send = (frame: Uint8Array): void => {
    outbox.push(frame);
    if (sending) return;
    sending = true;
    flush().catch((error: unknown) => fail(lost(options.server, error)));
  };

  /** What gathers in one turn of the event loop goes out together. */
  const flush = async (): Promise<void> => {
    await null;
    while (outbox.length > 0) {
      const frames = outbox;
      outbox = [];
      await stream.write(...frames);
    }
    sending = false;
  };

  const settle = (callId: number): Pending | undefined => {
    const call = pending.get(callId);
    if (pending.delete(callId)) waiting.shift()?.();
    return call;
  };

  const answer = ({ callId, header, message }: Incoming): void => {
    understood = true;
    if (header.status === Status.SUCCESS) return settle(callId)?.resolve(message);
    const thrown = new RemoteException(header.exceptionClassName, header.errorMsg);
    settle(callId)?.reject(thrown);
    if (header.status === Status.FATAL || callId < 0) {
      for (const id of pending.keys()) settle(id)?.reject(thrown);
      fail(new RpcFailure("reset", `${options.server} ended the connection: ${header.errorMsg}`, thrown));
    }
  };

  const receive = async (): Promise<void> => {
    const frames = createFrameReader(RESPONSE_BYTES_MAX);
    for (;;) {
      const chunk = await stream.read();
      if (chunk === null) {
        const where = frames.midFrame ? " inside an answer" : "";
        return fail(new RpcFailure("reset", `${options.server} ended the connection${where}`));
      }
      heardMs = clock.elapsedMs();
      for (const frame of frames.push(chunk)) answer(readAnswer(frame));
    }
  };

  /** Runs while answers are owed. */
  const watch = async (): Promise<void> => {
    while (failure === null) {
      const [oldest] = pending;
      if (oldest === undefined) break;
      const [callId, { sentMs }] = oldest;
      const now = clock.elapsedMs();
      if (now - sentMs >= options.callMsMax) {
        const late = new RpcFailure(
          "timeout",
          `no answer of ${options.server} within ${options.callMsMax} ms`,
        );
        if (heardMs <= sentMs) return fail(late);
        settle(callId)?.reject(late);
        continue;
      }
      if (now - heardMs >= PING_MS) send(envelopes.ping());
      await clock.sleep(Math.min(PING_MS, options.callMsMax - (now - sentMs)), ended.signal);
    }
    watching = false;
  };

  const enter = async (cancel: AbortSignal | undefined): Promise<void> => {
    while (failure === null && pending.size >= CALLS_UNDER_WAY_MAX) {
      const turn = Promise.withResolvers<void>();
      const take = turn.resolve;
      waiting.push(take);
      const leave = (): void => turn.reject(cancel?.reason);
      cancel?.addEventListener("abort", leave, { once: true });
      try {
        await turn.promise;
      } catch (error) {
        waiting.splice(waiting.indexOf(take), 1);
        throw error;
      } finally {
        cancel?.removeEventListener("abort", leave);
      }
    }
    if (failure !== null) throw new RpcFailure("refused", failure.message, failure);
  };

  send(envelopes.context(options.user, options.realUser));
  receive().catch((error: unknown) => fail(broken(options.server, error, understood)));

  return {
    get open() {
      return failure === null;
    },
    async call(outgoing, cancel) {
      cancel?.throwIfAborted();
      const frame = envelopes.call(outgoing);
      if (frame.length - LENGTH_BYTES > REQUEST_BYTES_MAX)
        throw new RangeError(
          `a request of ${frame.length} bytes, more than the ${REQUEST_BYTES_MAX} a server takes`,
        );
      if (failure !== null || pending.size >= CALLS_UNDER_WAY_MAX) await enter(cancel);
      const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
      pending.set(outgoing.callId, { resolve, reject, sentMs: clock.elapsedMs() });
      send(frame);
      if (!watching) {
        watching = true;
        watch().catch((error: unknown) => fail(lost(options.server, error)));
      }
      if (cancel === undefined) return promise;
      const cancelled = (): void => settle(outgoing.callId)?.reject(cancel.reason);
      cancel.addEventListener("abort", cancelled, { once: true });
      return promise.finally(() => cancel.removeEventListener("abort", cancelled));
    },
    close() {
      fail(new RpcFailure("reset", `the connection to ${options.server} was closed on our side`));
    },
  };
}

function lost(server: string, cause: unknown): RpcFailure {
  if (cause instanceof RpcFailure) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new RpcFailure("reset", `the connection to ${server} was lost: ${why}`, cause);
}

function broken(server: string, cause: unknown, understood: boolean): RpcFailure {
  if (!(cause instanceof BadFrame || cause instanceof MalformedMessage)) return lost(server, cause);
  const what = understood ? "sent what is no answer" : "does not speak Hadoop's RPC";
  return new RpcFailure("protocol", `${server} ${what}: ${cause.message}`, cause);
}
