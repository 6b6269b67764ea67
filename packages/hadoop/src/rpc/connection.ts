/** One connection to a Hadoop RPC server: calls multiplexed on it, bounded in number and in time.
 * Source: Client.java (its Connection), Server.java of hadoop-common 3.4. */
import { MalformedMessage } from "../proto/decode.ts";
import { RpcResponseHeaderProto_RpcStatusProto as Status } from "../proto/generated/rpc_pb.ts";
import type { ByteStream, Clock } from "../world.ts";
import { createEnvelopes, type Incoming, type Outgoing, type Protocol, readAnswer } from "./envelope.ts";
import { RemoteException, RpcFailure } from "./failure.ts";
import { BadFrame, createFrameReader, LENGTH_BYTES, REQUEST_BYTES_MAX, RESPONSE_BYTES_MAX } from "./frame.ts";
import { createOutbox } from "./outbox.ts";
import { createPendingCalls, type PendingCalls } from "./pending-calls.ts";

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
  readonly onSilence?: OnSilence | undefined;
}

/** Hears, every PING_MS, of a server that owes an answer for PING_MS or longer. */
export type OnSilence = (silence: Silence) => void;

/** Who is waited for, and how long already. */
export interface Silence {
  /** `host:port`. */
  readonly server: string;
  /** Of the call that has waited longest. */
  readonly method: string;
  readonly waitedMs: number;
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

/** Sends the connection's context over `stream`, which is past its preamble and authentication, and serves calls. */
export function createConnection(clock: Clock, stream: ByteStream, options: ConnectionOptions): Connection {
  const envelopes = createEnvelopes(options.clientId, options.protocol);
  const calls = createPendingCalls(CALLS_UNDER_WAY_MAX);
  const ended = new AbortController();
  const fail = (cause: RpcFailure): void => {
    if (ended.signal.aborted) return;
    ended.abort(cause);
    stream.close();
    calls.rejectAll(cause);
  };
  const lose = (error: unknown): void => fail(lost(options.server, error));
  const { send } = createOutbox(stream, lose);
  let watching = false;
  const rest = (): void => {
    watching = false;
  };
  const ear = listen(clock, stream, options.server, calls, fail);
  const patience = {
    clock,
    calls,
    options,
    fail,
    ended: ended.signal,
    ping: () => send(envelopes.ping()),
    ear,
    rest,
  };

  send(envelopes.context(options.user, options.realUser));

  return {
    get open() {
      return !ended.signal.aborted;
    },
    async call(outgoing, cancel) {
      cancel?.throwIfAborted();
      const frame = envelopes.call(outgoing);
      const bytes = frame.length - LENGTH_BYTES;
      if (bytes > REQUEST_BYTES_MAX)
        throw new RpcFailure(
          "tooLarge",
          `the call has ${bytes} bytes, more than the ${REQUEST_BYTES_MAX} a server takes`,
        );
      while (calls.isFull && !ended.signal.aborted) await calls.place(cancel);
      if (ended.signal.aborted) throw neverSent(ended.signal.reason);
      const answer = calls.add(outgoing.callId, clock.elapsedMs(), outgoing.method);
      send(frame);
      if (!watching) {
        watching = true;
        watch(patience).catch(lose);
      }
      if (cancel === undefined) return answer;
      const cancelled = (): void => calls.settle(outgoing.callId)?.reject(cancel.reason);
      cancel.addEventListener("abort", cancelled, { once: true });
      return answer.finally(() => cancel.removeEventListener("abort", cancelled));
    },
    close: () => fail(new RpcFailure("reset", `the connection to ${options.server} was closed on our side`)),
  };
}

/** When the server was last heard. */
interface Ear {
  readonly heardMs: number;
}

/** Reads answers until the connection ends. */
function listen(
  clock: Clock,
  stream: ByteStream,
  server: string,
  calls: PendingCalls,
  fail: (cause: RpcFailure) => void,
): Ear {
  const ear = { heardMs: clock.elapsedMs(), understood: false };
  const receive = async (): Promise<void> => {
    const frames = createFrameReader(RESPONSE_BYTES_MAX);
    for (;;) {
      const chunk = await stream.read();
      if (chunk === null) {
        const where = frames.midFrame ? " inside an answer" : "";
        return fail(new RpcFailure("reset", `${server} ended the connection${where}`));
      }
      ear.heardMs = clock.elapsedMs();
      for (const frame of frames.push(chunk)) {
        answer(readAnswer(frame), server, calls, fail);
        ear.understood = true;
      }
    }
  };
  receive().catch((error: unknown) => fail(broken(server, error, ear.understood)));
  return ear;
}

function answer(
  { callId, header, message }: Incoming,
  server: string,
  calls: PendingCalls,
  fail: (cause: RpcFailure) => void,
): void {
  const call = calls.settle(callId);
  if (header.status === Status.SUCCESS) return call?.resolve(message);
  const thrown = new RemoteException(header.exceptionClassName, header.errorMsg);
  call?.reject(thrown);
  // An exception of the connection as a whole, e.g. of its authentication.
  if (header.status !== Status.FATAL && callId >= 0) return;
  calls.rejectAll(thrown);
  fail(new RpcFailure("reset", `${server} ended the connection: ${header.errorMsg}`, thrown));
}

interface Patience {
  readonly clock: Clock;
  readonly calls: PendingCalls;
  readonly options: ConnectionOptions;
  readonly ear: Ear;
  readonly fail: (cause: RpcFailure) => void;
  readonly ping: () => void;
  /** Nothing is owed any more. */
  readonly rest: () => void;
  readonly ended: AbortSignal;
}

/** Runs while answers are owed: gives up calls that wait too long, the connection when nothing at all came since. */
async function watch({ clock, calls, options, ear, fail, ping, rest, ended }: Patience): Promise<void> {
  const { callMsMax, server, onSilence } = options;
  for (let oldest = calls.oldest(); oldest !== undefined; oldest = calls.oldest()) {
    const [callId, { sentMs, method }] = oldest;
    const nowMs = clock.elapsedMs();
    const waitedMs = nowMs - sentMs;
    if (waitedMs >= callMsMax) {
      const late = new RpcFailure("timeout", `no answer of ${server} within ${callMsMax} ms`);
      if (ear.heardMs <= sentMs) return fail(late);
      calls.settle(callId)?.reject(late);
      continue;
    }
    if (nowMs - ear.heardMs >= PING_MS) ping();
    if (waitedMs >= PING_MS) onSilence?.({ server, method, waitedMs });
    await clock.sleep(Math.min(PING_MS, callMsMax - waitedMs), ended);
  }
  // In the same turn as the last look: a call that comes later starts a watch of its own.
  rest();
}

function lost(server: string, cause: unknown): RpcFailure {
  if (cause instanceof RpcFailure) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new RpcFailure("reset", `the connection to ${server} was lost: ${why}`, cause);
}

/** For a call that came to a connection just ended. */
function neverSent(cause: unknown): RpcFailure {
  return new RpcFailure(
    "refused",
    cause instanceof Error ? cause.message : "the connection is closed",
    cause,
  );
}

function broken(server: string, cause: unknown, understood: boolean): RpcFailure {
  if (!(cause instanceof BadFrame || cause instanceof MalformedMessage)) return lost(server, cause);
  const what = understood ? "sent what is no answer" : "does not speak Hadoop's RPC";
  return new RpcFailure("protocol", `${server} ${what}: ${cause.message}`, cause);
}
