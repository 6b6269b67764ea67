/** What is known of each agent, and of its cluster through it, by its links since the control device started; live views are told when what they show changes. */
import type { ClusterStatus } from "@coeval/core/model/cluster";
import type { Instant } from "@coeval/core/model/instant";
import type { World } from "@coeval/core/ports/world";
import { agentSeen } from "@coeval/store/control/agent-seen";
import type { AgentPeer, Link } from "./link.ts";
import type { StatusMessage } from "./link-parts.ts";
import type { Records } from "./records.ts";

/** The instant an agent was last heard is stored this often at most. */
export const SEEN_SAVED_EVERY_MS = 30_000;

export interface Sight {
  readonly connected: AgentPeer | null;
  /** Where the agent says that its peers reach it; null before its first link. */
  readonly dataAddress: string | null;
  readonly heardAt: Instant | null;
  /** When the last message came; -Infinity before the first. */
  readonly heardElapsedMs: number;
  /** What the agent last said of its cluster, and when. */
  readonly said: StatusMessage | null;
  readonly saidElapsedMs: number;
  /** Why the last link ended, or none was given; null while one lasts, or when none was asked for. */
  readonly ended: string | null;
}

export interface Sights {
  /** By the fingerprint of the agent's key. */
  of(fingerprint: string): Sight;
  opened(link: Link): Promise<void>;
  heard(link: Link): void;
  said(link: Link, status: StatusMessage): Promise<void>;
  gone(link: Link): Promise<void>;
  /** An agent was turned away before it had a link: what is shown of one that stays away says why. */
  refused(fingerprint: string, why: string): void;
}

type Kept = { -readonly [Key in keyof Sight]: Sight[Key] } & { savedElapsedMs: number; shown: string };

const NEVER = Number.NEGATIVE_INFINITY;

/** Of an agent that was never connected. */
export const UNSEEN: Sight = {
  connected: null,
  dataAddress: null,
  heardAt: null,
  heardElapsedMs: NEVER,
  said: null,
  saidElapsedMs: 0,
  ended: null,
};

export function createSights({ clock }: World, records: Records): Sights {
  const kept = new Map<string, Kept>();

  function change(fingerprint: string, sight: Partial<Kept>): void {
    const before = kept.get(fingerprint) ?? { ...UNSEEN, savedElapsedMs: NEVER, shown: "" };
    kept.set(fingerprint, { ...before, ...sight });
  }

  async function tell(link: Link): Promise<void> {
    const { cluster, fingerprint } = link.peer;
    const sight = kept.get(fingerprint);
    if (!sight) return;
    const shown = JSON.stringify([sight.connected?.agent, shownOf(sight.said?.cluster ?? null)]);
    if (shown === sight.shown) return;
    change(link.peer.fingerprint, { shown });
    const cause = sight.connected ? (sight.said?.cluster.cause ?? null) : sight.ended;
    await records.write((tx) =>
      tx.event("cluster", `cluster/${cluster}`, { connected: sight.connected !== null, cause }),
    );
  }

  async function save(link: Link): Promise<void> {
    const savedElapsedMs = clock.elapsedMs();
    const sight = kept.get(link.peer.fingerprint);
    if (savedElapsedMs - (sight?.savedElapsedMs ?? NEVER) < SEEN_SAVED_EVERY_MS) return;
    change(link.peer.fingerprint, { savedElapsedMs });
    await records.write((tx) => agentSeen(tx.trx, link.peer.fingerprint, sight?.heardAt ?? tx.now));
  }

  return {
    of: (fingerprint) => kept.get(fingerprint) ?? UNSEEN,
    async opened(link) {
      change(link.peer.fingerprint, {
        connected: link.peer,
        dataAddress: link.dataAddress,
        ended: null,
        said: null,
        heardAt: clock.nowMs(),
        heardElapsedMs: clock.elapsedMs(),
      });
      await tell(link);
    },
    heard(link) {
      change(link.peer.fingerprint, { heardAt: clock.nowMs(), heardElapsedMs: clock.elapsedMs() });
    },
    async said(link, status) {
      change(link.peer.fingerprint, { said: status, saidElapsedMs: clock.elapsedMs() });
      await tell(link);
      await save(link);
    },
    async gone(link) {
      change(link.peer.fingerprint, { connected: null, ended: link.ended, savedElapsedMs: NEVER });
      await tell(link);
      await save(link);
    },
    refused(fingerprint, why) {
      if (!kept.get(fingerprint)?.connected) change(fingerprint, { ended: why });
    },
  };
}

/** What of a status live views show: capacities move all the time and are read when they are wanted. */
function shownOf(status: ClusterStatus | null): unknown {
  if (!status) return null;
  const { reachable, cause, safeMode, identity, version } = status;
  return [reachable, cause, safeMode, identity, version];
}
