/** Calls to a service of one or several servers of which one is active: connects when needed, repeats a call with the
 * same identity where that may help, moves to the next server when this one is lost or stands by.
 * Source: RetryPolicies.FailoverOnNetworkExceptionRetry, RetryCache of hadoop-common 3.4. */
import {
  create,
  type DescMessage,
  type DescMethodUnary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import { codeOfJava, HdfsError, type HdfsErrorCode, reasonOf } from "../errors.ts";
import { decode, MalformedMessage } from "../proto/decode.ts";
import { SaslError } from "../sasl/sasl-error.ts";
import { type NativeWorld, streamFailureKind } from "../world.ts";
import type { OnSilence } from "./connection.ts";
import type { Protocol } from "./envelope.ts";
import { RemoteException, RpcFailure } from "./failure.ts";
import type { RpcIdentity } from "./identity.ts";
import { createLink, type Link, type Server } from "./link.ts";

export interface RpcOptions {
  /** In the order of preference; at least one. Of several, one is active. */
  readonly servers: readonly Server[];
  readonly protocol: Protocol;
  readonly identity: RpcIdentity;
  /** Longest wait for an answer; default CALL_MS_MAX_DEFAULT (link.ts). Long operations (deleting or summing up millions of
   * files) keep silent until they are done. */
  readonly callMsMax?: number | undefined;
  /** Default CONNECT_MS_MAX_DEFAULT (link.ts). */
  readonly connectMsMax?: number | undefined;
  /** How long a call seeks an active server, where there are several; default FAILOVER_MS_MAX_DEFAULT. */
  readonly failoverMsMax?: number | undefined;
  /** Hears of a server that keeps silent. */
  readonly onSilence?: OnSilence | undefined;
  /** Hears of each try that failed and is made again. */
  readonly onFailedTry?: ((failed: FailedTry) => void) | undefined;
}

/** Why a call is tried again. */
export interface FailedTry {
  /** `host:port`. */
  readonly server: string;
  readonly code: HdfsErrorCode;
  readonly reason: string;
}

/** A switch by ZooKeeper takes some 10 s, by hand as long as a hand needs. Well below the 10 minutes that a server
 * remembers a call (`dfs.namenode.retrycache.expirytime.millis`), so that no repeat is taken for a new call. */
export const FAILOVER_MS_MAX_DEFAULT = 60_000;
/** Tries of one call on a single server, the first included. */
export const ATTEMPTS_MAX = 4;
/** The pause before the second try; it doubles up to PAUSE_MS_MAX, each cut by a random half. */
export const FIRST_PAUSE_MS = 50;
/** The longest pause between two tries. */
export const PAUSE_MS_MAX = 2_000;
/** `ClientId.BYTE_LENGTH` of hadoop-common: servers refuse any other length. */
export const CLIENT_ID_BYTES = 16;

/** For the words of an error, and to give up. */
export interface About {
  readonly path: string;
  readonly cancel?: AbortSignal | undefined;
}

/** A service. */
export interface RpcClient {
  /** The server that was last seen active, or is tried next: `host:port`. */
  readonly server: string;
  /** Asks and decodes. Fails with an {@link HdfsError}, or the signal's reason. */
  ask<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
    about: About,
  ): Promise<MessageShape<O>>;
  /** Makes of the answer what `read` makes of it; a MalformedMessage that `read` throws is `malformedAnswer`. */
  read<I extends DescMessage, O extends DescMessage, T>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
    read: (answer: MessageShape<O>) => T,
    about: About,
  ): Promise<T>;
  /** Ends all connections; calls under way fail. */
  close(): void;
}

/** See {@link RpcClient}. Holds at most one connection a server. */
export function createRpcClient(world: NativeWorld, options: RpcOptions): RpcClient {
  const clientId = world.random.bytes(CLIENT_ID_BYTES);
  const links = options.servers.map((server) => createLink(world, options, server, clientId));
  const failoverMsMax = options.failoverMsMax ?? FAILOVER_MS_MAX_DEFAULT;
  let active = 0;
  let lastCallId = -1;
  let closed = false;

  const link = (): Link => {
    const found = links[active];
    if (found === undefined) throw new TypeError("a service has at least one server");
    return found;
  };

  /** Tries once. `moved` says whether the next try goes to another server. */
  const seek = async (call: Call): Promise<Uint8Array> => {
    const startedMs = world.clock.elapsedMs();
    const tried = new Map<string, Fault>();
    for (let attempt = 0; ; attempt++) {
      const used = active;
      const { server, connect } = link();
      let fault: Fault;
      try {
        const connection = await connect(call.cancel);
        return await connection.call({ ...call, retryCount: attempt }, call.cancel);
      } catch (error) {
        fault = faultOf(error, call);
      }
      call.maybeDone ||= fault.maybeDone;
      tried.set(server, fault);
      const spentMs = world.clock.elapsedMs() - startedMs;
      const patient =
        links.length > 1 ? spentMs < failoverMsMax || attempt + 1 < links.length : attempt + 1 < ATTEMPTS_MAX;
      if (closed || !patient || !mayRepeat(fault, links.length)) throw summary(call, tried, fault);
      options.onFailedTry?.({ server, code: fault.code, reason: fault.reason });
      if (fault.elsewhere && used === active) active = (active + 1) % links.length;
      // The first move is made at once: most often the other one is active already.
      if (!(fault.elsewhere && attempt + 1 < links.length)) await pause(world, attempt, call.cancel);
    }
  };

  const read: RpcClient["read"] = async (method, request, convert, { path, cancel }) => {
    cancel?.throwIfAborted();
    lastCallId = (lastCallId + 1) & 0x7f_ff_ff_ff;
    const message = toBinary(method.input, create(method.input, request));
    const call: Call = { callId: lastCallId, method: method.name, message, path, cancel, maybeDone: false };
    const answer = await seek(call);
    try {
      return convert(decode(method.output, answer));
    } catch (cause) {
      if (!(cause instanceof MalformedMessage)) throw cause;
      throw failure(call, { code: "malformedAnswer", reason: cause.message, cause });
    }
  };

  return {
    get server() {
      return link().server;
    },
    ask: (method, request, about) => read(method, request, (answer) => answer, about),
    read,
    close() {
      closed = true;
      for (const { close } of links) close();
    },
  };
}

interface Call {
  readonly callId: number;
  readonly method: string;
  readonly message: Uint8Array;
  readonly path: string;
  readonly cancel: AbortSignal | undefined;
  /** Some try may have taken effect. */
  maybeDone: boolean;
}

/** What a try ended with. */
interface Fault {
  readonly code: HdfsErrorCode;
  readonly reason: string;
  readonly javaClass?: string;
  readonly cause: unknown;
  readonly maybeDone: boolean;
  /** Another server may do better. */
  readonly elsewhere: boolean;
}

const CONNECTION_CODES = {
  refused: "unreachable",
  reset: "connectionLost",
  timeout: "timeout",
  protocol: "notANameNode",
  tooLarge: "limitExceeded",
} as const;

/** Throws what is no fault of the service's: the caller's own cancellation, defects. */
function faultOf(error: unknown, { cancel, method }: Call): Fault {
  if (cancel?.aborted === true && error === cancel.reason) throw error;
  if (error instanceof SaslError) {
    const { message: reason } = error;
    return { code: "authentication", reason, cause: error, maybeDone: false, elsewhere: false };
  }
  if (error instanceof RemoteException) {
    const code = codeOfJava(error.javaClass, error.message);
    const elsewhere = code === "standby";
    const reason = reasonOf(error.message);
    return { code, reason, javaClass: error.javaClass, cause: error, maybeDone: false, elsewhere };
  }
  const kind = error instanceof RpcFailure ? error.kind : streamFailureKind(error);
  if (kind === null) throw error;
  const { message } = error as Error;
  const maybeDone = kind !== "refused" && kind !== "tooLarge" && !READS.test(method);
  const elsewhere = kind !== "tooLarge";
  return { code: CONNECTION_CODES[kind], reason: message, cause: error, maybeDone, elsewhere };
}

/** Calls that change nothing. */
const READS = /^(get|list|is|check|msync|versionRequest)/;

const PASSING: readonly HdfsErrorCode[] = ["standby", "starting", "unreachable", "connectionLost"];

/** Every method of ClientProtocol is marked Idempotent or AtMostOnce, which is kept by the call's id: all may be
 * repeated. Waiting for one server that stands by, or is not there, is left to the caller. */
function mayRepeat({ code, javaClass }: Fault, servers: number): boolean {
  if (servers > 1) return PASSING.includes(code) || code === "timeout" || isRetriable(javaClass);
  return code === "connectionLost" || code === "starting";
}

function isRetriable(javaClass: string | undefined): boolean {
  return javaClass?.endsWith(".RetriableException") ?? false;
}

async function pause(world: NativeWorld, attempt: number, cancel: AbortSignal | undefined): Promise<void> {
  const longest = Math.min(PAUSE_MS_MAX, FIRST_PAUSE_MS * 2 ** attempt);
  const chance = (world.random.bytes(1)[0] ?? 0) / 256;
  await world.clock.sleep(longest * (0.5 + chance / 2), cancel);
}

/** The last fault, and where every server is to blame, what each of them said. */
function summary(call: Call, tried: ReadonlyMap<string, Fault>, last: Fault): HdfsError {
  const all = [...tried.values()];
  if (tried.size < 2 || !all.every(({ code }) => PASSING.includes(code))) return failure(call, last);
  const each = [...tried].map(([server, { reason }]) => `${server}: ${reason}`).join("; ");
  const code = all.some((fault) => fault.code === "standby") ? "standby" : last.code;
  return failure(call, { ...last, code, reason: `none of ${tried.size} NameNodes is active: ${each}` });
}

function failure(
  { method, path, maybeDone }: Call,
  { code, reason, javaClass, cause }: Pick<Fault, "code" | "reason" | "javaClass" | "cause">,
): HdfsError {
  return new HdfsError({
    code,
    reason,
    operation: method,
    path,
    javaClass: javaClass ?? null,
    maybeDone,
    cause,
  });
}
