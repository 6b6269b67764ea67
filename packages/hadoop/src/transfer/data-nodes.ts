/** Connections to DataNodes: made, kept for a while after a clean read, and bounded in number. Source:
 * `dfs.datanode.socket.reuse.keepalive` (the DataNode closes an idle connection after 4 s) and PeerCache. */
import type { DatanodeIDProto } from "../proto/generated/block_pb.ts";
import type { TokenProto } from "../proto/generated/security_pb.ts";
import type { ByteStream, NativeWorld } from "../world.ts";
import { type ChunkSumsMaker, createChunkSumsMaker } from "./chunk-sums.ts";
import { TransferFault } from "./fault.ts";
import { createPeer, faultOf, type Peer } from "./peer.ts";
import type { Watchdog } from "./watchdog.ts";

/** What stands between the bare connection and the operations: the SASL handshake of a secured cluster. It speaks
 * over `peer`, whose waits are bounded, and resolves with what is used instead of `stream`. */
export type Handshake = (
  stream: ByteStream,
  peer: Peer,
  context: { readonly node: DatanodeIDProto; readonly token: TokenProto },
) => Promise<ByteStream>;

export interface DataNodesOptions {
  /** Connect to the name a DataNode goes by, not to its address; as `dfs.client.use.datanode.hostname`. */
  readonly useHostName?: boolean | undefined;
  /** Default CONNECT_MS_MAX_DEFAULT. */
  readonly connectMsMax?: number | undefined;
  /** The longest a DataNode may keep us waiting; default SILENCE_MS_MAX_DEFAULT. */
  readonly silenceMsMax?: number | undefined;
  /** Default: none, the connection as it is. */
  readonly handshake?: Handshake | undefined;
}

export const CONNECT_MS_MAX_DEFAULT = 20_000;
/** As `dfs.client.socket-timeout`. */
export const SILENCE_MS_MAX_DEFAULT = 60_000;
/** Below the DataNode's 4 s, so that it is rarely just closing what we use again. */
export const KEPT_MS_MAX = 3_000;
/** Idle connections in all. */
export const KEPT_MAX = 256;

export interface DataNodes {
  /** A connection on which nothing but the handshake has happened. `extraSilenceMs` is added to what the DataNode may
   * keep us waiting, for the nodes that it waits for itself. */
  dial(
    node: DatanodeIDProto,
    token: TokenProto,
    cancel?: AbortSignal,
    extraSilenceMs?: number,
  ): Promise<Peer>;
  /** A kept connection that may have been closed meanwhile, or null. */
  kept(node: DatanodeIDProto): Peer | null;
  /** Keeps the connection for another operation. Nothing may be under way on it. */
  keep(node: DatanodeIDProto, peer: Peer): void;
  /** The ways of summing that have been met. */
  readonly sums: ChunkSumsMaker;
  /** `host:port` as it is dialled. */
  addressOf(node: DatanodeIDProto): string;
  /** Closes idle connections; those in use stay. */
  close(): void;
}

interface Idle {
  readonly peer: Peer;
  readonly sinceMs: number;
}

export function createDataNodes(
  world: NativeWorld,
  watchdog: Watchdog,
  options: DataNodesOptions = {},
): DataNodes {
  const connectMsMax = options.connectMsMax ?? CONNECT_MS_MAX_DEFAULT;
  const silenceMsMax = options.silenceMsMax ?? SILENCE_MS_MAX_DEFAULT;
  /** By DataNode, the longest idle first. */
  const idle = new Map<string, Idle[]>();
  let idleCount = 0;
  let sweeping = false;

  const hostOf = (node: DatanodeIDProto): string =>
    options.useHostName === true ? node.hostName : node.ipAddr;
  const sweep = (): boolean => {
    const nowMs = world.clock.elapsedMs();
    for (const [key, list] of idle) {
      while (list[0] !== undefined && nowMs - list[0].sinceMs >= KEPT_MS_MAX) {
        list.shift()?.peer.close();
        idleCount -= 1;
      }
      if (list.length === 0) idle.delete(key);
    }
    sweeping = idleCount > 0;
    return sweeping;
  };

  return {
    sums: createChunkSumsMaker(),
    async dial(node, token, cancel, extraSilenceMs = 0) {
      const server = { host: hostOf(node), port: node.xferPort };
      const { handshake } = options;
      for (let attempt = 0; ; attempt++) {
        try {
          const stream = await world.streams.connect(server, { connectMsMax, cancel });
          const bare = createPeer(stream, watchdog, silenceMsMax + extraSilenceMs);
          if (handshake === undefined) return bare;
          const secured = await shake(() => handshake(stream, bare, { node, token }), bare, cancel);
          return secured === stream ? bare : createPeer(secured, watchdog, silenceMsMax + extraSilenceMs);
        } catch (error) {
          const fault = faultOf(error);
          // With a new key, once.
          if (!(fault instanceof TransferFault && fault.kind === "key" && attempt === 0)) throw fault;
        }
      }
    },
    kept(node) {
      const list = idle.get(node.datanodeUuid);
      const nowMs = world.clock.elapsedMs();
      const newest = list?.at(-1);
      if (list === undefined || newest === undefined || nowMs - newest.sinceMs >= KEPT_MS_MAX) return null;
      list.pop();
      idleCount -= 1;
      return newest.peer;
    },
    keep(node, peer) {
      if (idleCount >= KEPT_MAX || peer.input.buffered() > 0) {
        peer.close();
        return;
      }
      const list = idle.get(node.datanodeUuid);
      const entry = { peer, sinceMs: world.clock.elapsedMs() };
      if (list === undefined) idle.set(node.datanodeUuid, [entry]);
      else list.push(entry);
      idleCount += 1;
      if (sweeping) return;
      sweeping = true;
      watchdog.everyTick(sweep);
    },
    addressOf: (node) => `${hostOf(node)}:${node.xferPort}`,
    close() {
      for (const list of idle.values()) for (const { peer } of list) peer.close();
      idle.clear();
      idleCount = 0;
    },
  };
}

async function shake(
  handshake: () => Promise<ByteStream>,
  peer: Peer,
  cancel: AbortSignal | undefined,
): Promise<ByteStream> {
  const cancelled = (): void => peer.close(cancel?.reason);
  cancel?.addEventListener("abort", cancelled, { once: true });
  try {
    cancel?.throwIfAborted();
    return await handshake();
  } catch (error) {
    peer.close();
    throw error;
  } finally {
    cancel?.removeEventListener("abort", cancelled);
  }
}
