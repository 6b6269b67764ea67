/** One RPC server and the connection to it, made and proven when it is first needed, and again after it was lost. */
import { MalformedMessage } from "../proto/decode.ts";
import { type ByteStream, type Clock, type NativeWorld, streamFailureKind } from "../world.ts";
import { type Connection, createConnection, type OnSilence } from "./connection.ts";
import { type Protocol, preamble } from "./envelope.ts";
import { RpcFailure } from "./failure.ts";
import { BadFrame } from "./frame.ts";
import { contextUsers, type RpcIdentity } from "./identity.ts";
import { authenticate, type Proven } from "./sasl-stream.ts";

/** An address of an RPC server. */
export interface Server {
  readonly host: string;
  readonly port: number;
}

/** `ipc.client.rpc-timeout.ms`. */
export const CALL_MS_MAX_DEFAULT = 120_000;
/** Half of Hadoop's `ipc.client.connect.timeout`, which is tried 45 times besides. */
export const CONNECT_MS_MAX_DEFAULT = 10_000;
/** A handshake may have to wait for a key server as well. */
export const HANDSHAKE_MS_MAX = 30_000;

/** How a server is spoken to. */
export interface LinkOptions {
  readonly identity: RpcIdentity;
  readonly protocol: Protocol;
  readonly callMsMax?: number | undefined;
  readonly connectMsMax?: number | undefined;
  /** Hears of a server that keeps silent. */
  readonly onSilence?: OnSilence | undefined;
}

/** See the top of this file. */
export interface Link {
  readonly server: string;
  readonly connect: (cancel: AbortSignal | undefined) => Promise<Connection>;
  readonly close: () => void;
}

/** See {@link Link}. Connects at the first call. */
export function createLink(
  world: NativeWorld,
  options: LinkOptions,
  { host, port }: Server,
  clientId: Uint8Array,
): Link {
  const { identity, protocol, callMsMax = CALL_MS_MAX_DEFAULT } = options;
  const server = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const ended = new AbortController();
  let opening: Promise<Connection> | null = null;
  let current: Connection | null = null;

  const open = async (): Promise<Connection> => {
    const connectMsMax = options.connectMsMax ?? CONNECT_MS_MAX_DEFAULT;
    const stream = await world.streams.connect({ host, port }, { connectMsMax, cancel: ended.signal });
    try {
      const proven = await withinHandshake(world.clock, server, prove(stream, identity, host, server));
      ended.signal.throwIfAborted();
      const users = contextUsers(identity, proven.believed);
      current = createConnection(world.clock, proven.stream, {
        server,
        clientId,
        protocol,
        callMsMax,
        onSilence: options.onSilence,
        ...users,
      });
      return current;
    } catch (error) {
      stream.close();
      throw error;
    }
  };

  return {
    server,
    async connect(cancel) {
      if (current?.open === true) return current;
      opening ??= open().finally(() => (opening = null));
      return unlessCancelled(opening, cancel);
    },
    close() {
      ended.abort(new RpcFailure("refused", "the client was closed"));
      current?.close();
    },
  };
}

/** Nothing of a call has been sent yet, so whatever breaks here is as if there were no connection. */
async function prove(
  stream: ByteStream,
  identity: RpcIdentity,
  host: string,
  server: string,
): Promise<Proven> {
  if (identity.kind === "simple") {
    await stream.write(preamble("simple"));
    return { stream, believed: true };
  }
  try {
    await stream.write(preamble("sasl"));
    return await authenticate(stream, identity, host);
  } catch (error) {
    if (error instanceof BadFrame || error instanceof MalformedMessage)
      throw new RpcFailure("protocol", `${server} does not speak Hadoop's RPC: ${error.message}`, error);
    if (streamFailureKind(error) === null && !(error instanceof RpcFailure)) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new RpcFailure("refused", `the connection to ${server} broke in the handshake: ${why}`, error);
  }
}

async function withinHandshake<T>(clock: Clock, server: string, handshake: Promise<T>): Promise<T> {
  const done = new AbortController();
  const late = clock.sleep(HANDSHAKE_MS_MAX, done.signal).then(() => {
    throw new RpcFailure("refused", `no end of the handshake with ${server} within ${HANDSHAKE_MS_MAX} ms`);
  });
  try {
    return await Promise.race([handshake, late]);
  } finally {
    // Ended here, the sleep has nothing to say any more.
    late.catch(() => null);
    done.abort();
  }
}

/** Others may wait for the same connection, so a caller who gives up only stops waiting. */
async function unlessCancelled<T>(promise: Promise<T>, cancel: AbortSignal | undefined): Promise<T> {
  if (cancel === undefined) return promise;
  const left = Promise.withResolvers<never>();
  const leave = (): void => left.reject(cancel.reason);
  cancel.addEventListener("abort", leave, { once: true });
  try {
    return await Promise.race([promise, left.promise]);
  } finally {
    cancel.removeEventListener("abort", leave);
  }
}
