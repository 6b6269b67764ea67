/** All agents' connections: one a cluster, the newest counts. It remembers of each cluster what was last heard, and why its link ended. */
import type { ClusterStatus } from "@coeval/core/model/cluster";
import type { Instant } from "@coeval/core/model/instant";
import type { Stream } from "@coeval/core/ports/network";
import type { World } from "@coeval/core/ports/world";
import { agentSeen } from "@coeval/store/control/agent-seen";
import { revokedList } from "@coeval/store/control/revoked-list";
import type { AgentPeer, Link } from "./link.ts";
import type { LinkParts, StatusMessage } from "./link-parts.ts";
import { serveLink } from "./link-session.ts";
import { createRefusals } from "./refusals.ts";
import type { Tasks } from "./tasks.ts";

/** Agents connected at a time. */
export const LINKS_MAX = 2000;
/** Strangers, who can but enrol, connected at a time. */
export const STRANGERS_MAX = 32;
/** Fingerprints in one `revoked` message; the oldest beyond it have expired long since. */
export const REVOKED_MAX = 10_000;
/** The instant an agent was last heard is stored this often at most. */
export const SEEN_SAVED_EVERY_MS = 30_000;

export interface Links {
  /** Takes a connection in and serves it to its end. */
  accept(stream: Stream): void;
  /** The link of the cluster's agent, while it lasts. */
  of(cluster: string): Link | null;
  sight(cluster: string): Sight;
  /** Ends the links of revoked keys and tells all agents the whole list. */
  revoked(fingerprints: readonly string[]): Promise<void>;
}

/** What is known of a cluster by its agent's links since the control device started. */
export interface Sight {
  readonly connected: AgentPeer | null;
  readonly heardAt: Instant | null;
  /** What the agent last said of its cluster, and when. */
  readonly said: StatusMessage | null;
  readonly saidElapsedMs: number;
  /** Why the last link ended; null while one lasts, or when there was none. */
  readonly ended: string | null;
}

type Kept = { -readonly [Key in keyof Sight]: Sight[Key] } & { savedElapsedMs: number; shown: string };

export type LinksParts = Omit<LinkParts, "opened" | "heard" | "said" | "closed" | "revoked" | "refusals"> & {
  readonly tasks: Tasks;
  /** An agent may be instructed from now on. */
  readonly connected: (link: Link) => void;
};

const UNSEEN: Sight = { connected: null, heardAt: null, said: null, saidElapsedMs: 0, ended: null };

export function createLinks(world: World, parts: LinksParts): Links {
  const links = new Map<string, Link>();
  const kept = new Map<string, Kept>();
  const { clock, log } = world;
  const { records, db, tasks } = parts;
  let agents = 0;
  let strangers = 0;

  const of = (cluster: string): Link | null => {
    const link = links.get(cluster);
    return link && link.ended === null ? link : null;
  };

  function keptOf(cluster: string): Kept {
    let sight = kept.get(cluster);
    if (!sight)
      kept.set(cluster, (sight = { ...UNSEEN, savedElapsedMs: Number.NEGATIVE_INFINITY, shown: "" }));
    return sight;
  }

  /** Tells live views, once for each change that they show. */
  async function tell(cluster: string): Promise<void> {
    const sight = keptOf(cluster);
    const shown = JSON.stringify([sight.connected?.agent, shownOf(sight.said?.cluster ?? null)]);
    if (shown === sight.shown) return;
    sight.shown = shown;
    const details = { connected: sight.connected !== null, cause: sight.said?.cluster.cause ?? sight.ended };
    await records.write((tx) => tx.event("cluster", `cluster/${cluster}`, details));
  }

  async function seen(link: Link): Promise<void> {
    const sight = keptOf(link.peer.cluster);
    if (clock.elapsedMs() - sight.savedElapsedMs < SEEN_SAVED_EVERY_MS) return;
    sight.savedElapsedMs = clock.elapsedMs();
    await records.write((tx) => agentSeen(tx.trx, link.peer.fingerprint, tx.now));
  }

  const session: LinkParts = {
    ...parts,
    refusals: createRefusals(world),
    async opened(link) {
      const { cluster } = link.peer;
      links.get(cluster)?.close("the agent has connected anew");
      links.set(cluster, link);
      Object.assign(keptOf(cluster), { connected: link.peer, ended: null, said: null });
      log.info("agent-connected", { who: link.who });
      await tell(cluster);
      link.send({ say: "revoked", fingerprints: await revokedList(db, REVOKED_MAX) });
      parts.connected(link);
    },
    heard(link) {
      keptOf(link.peer.cluster).heardAt = clock.nowMs();
    },
    async said(link, status) {
      if (of(link.peer.cluster) !== link) return;
      Object.assign(keptOf(link.peer.cluster), { said: status, saidElapsedMs: clock.elapsedMs() });
      await tell(link.peer.cluster);
      await seen(link);
    },
    closed(link) {
      const { cluster } = link.peer;
      log.info("agent-gone", { who: link.who, reason: link.ended });
      if (links.get(cluster) !== link) return;
      links.delete(cluster);
      const sight = keptOf(cluster);
      Object.assign(sight, { connected: null, ended: link.ended, savedElapsedMs: Number.NEGATIVE_INFINITY });
      tasks.start("tell-gone", async () => {
        await tell(cluster);
        await seen(link);
      });
    },
    revoked,
  };

  async function revoked(fingerprints: readonly string[]): Promise<void> {
    if (fingerprints.length === 0) return;
    const all = await revokedList(db, REVOKED_MAX);
    for (const link of links.values()) {
      if (!fingerprints.includes(link.peer.fingerprint)) link.send({ say: "revoked", fingerprints: all });
      else
        link.refuse(
          { code: "peer-not-trusted", message: `the key of ${link.who} is revoked`, evidence: [] },
          true,
        );
    }
  }

  async function serve(stream: Stream): Promise<void> {
    const stranger = stream.peer.kind !== "agent";
    if (stranger ? strangers >= STRANGERS_MAX : agents >= LINKS_MAX)
      return stream.close(`${stranger ? strangers : agents} connections of the kind are open already`);
    stranger ? strangers++ : agents++;
    const stop = () => stream.close("the control device is stopping");
    tasks.cancel.addEventListener("abort", stop, { once: true });
    try {
      await serveLink(world, session, stream);
    } finally {
      tasks.cancel.removeEventListener("abort", stop);
      stranger ? strangers-- : agents--;
    }
  }

  return {
    accept: (stream) => tasks.start("link", () => serve(stream)),
    of,
    sight: (cluster) => kept.get(cluster) ?? UNSEEN,
    revoked,
  };
}

function shownOf(status: ClusterStatus | null): unknown {
  if (!status) return null;
  const { reachable, cause, safeMode, identity, version } = status;
  return [reachable, cause, safeMode, identity, version];
}
