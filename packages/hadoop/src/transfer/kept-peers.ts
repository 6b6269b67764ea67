/** Connections that are kept for a while after a clean read, by DataNode. Source: PeerCache of Hadoop 3.4.2;
 * `dfs.datanode.socket.reuse.keepalive` (the DataNode closes an idle connection after 4 s). */
import type { Clock } from "../world.ts";
import type { Peer } from "./peer.ts";
import type { Watchdog } from "./watchdog.ts";

/** Below the DataNode's 4 s, so that it is rarely just closing what is used again. */
export const KEPT_MS_MAX = 3_000;
/** Idle connections in all. */
export const KEPT_MAX = 256;

/** See the top of this file. */
export interface KeptPeers {
  /** One that may have been closed meanwhile, or null. */
  take(uuid: string): Peer | null;
  /** Nothing may be under way on it. */
  keep(uuid: string, peer: Peer): void;
  /** Closes all of them. */
  close(): void;
}

/** See {@link KeptPeers}. */
export function createKeptPeers(clock: Clock, watchdog: Watchdog): KeptPeers {
  /** The longest idle first. */
  const idle = new Map<string, { readonly peer: Peer; readonly sinceMs: number }[]>();
  let count = 0;
  let sweeping = false;

  const sweep = (): boolean => {
    const nowMs = clock.elapsedMs();
    for (const [uuid, list] of idle) {
      while (list[0] !== undefined && nowMs - list[0].sinceMs >= KEPT_MS_MAX) {
        list.shift()?.peer.close();
        count -= 1;
      }
      if (list.length === 0) idle.delete(uuid);
    }
    sweeping = count > 0;
    return sweeping;
  };

  return {
    take(uuid) {
      const list = idle.get(uuid);
      const newest = list?.at(-1);
      if (list === undefined || newest === undefined || clock.elapsedMs() - newest.sinceMs >= KEPT_MS_MAX) {
        return null;
      }
      list.pop();
      count -= 1;
      return newest.peer;
    },
    keep(uuid, peer) {
      if (count >= KEPT_MAX || peer.input.buffered() > 0) {
        peer.close();
        return;
      }
      const entry = { peer, sinceMs: clock.elapsedMs() };
      const list = idle.get(uuid);
      if (list === undefined) idle.set(uuid, [entry]);
      else list.push(entry);
      count += 1;
      if (sweeping) return;
      sweeping = true;
      watchdog.everyTick(sweep);
    },
    close() {
      for (const list of idle.values()) for (const { peer } of list) peer.close();
      idle.clear();
      count = 0;
    },
  };
}
