/** All agents' connections: one an agent, the newest counts; and strangers', who can but enrol. */
import type { Stream } from "@coeval/core/ports/network";
import type { World } from "@coeval/core/ports/world";
import { revokedList } from "@coeval/store/control/revoked-list";
import type { Link } from "./link.ts";
import type { LinkParts } from "./link-parts.ts";
import { serveLink } from "./link-session.ts";
import { createRefusals } from "./refusals.ts";
import { createSights, type Sight } from "./sights.ts";
import type { Tasks } from "./tasks.ts";

/** Agents connected at a time. */
export const LINKS_MAX = 2000;
/** Strangers connected at a time. */
export const STRANGERS_MAX = 32;
/** Fingerprints in one `revoked` message; the oldest beyond it have expired long since. */
export const REVOKED_MAX = 10_000;

export interface Links {
  /** Takes a connection in and serves it to its end. */
  accept(stream: Stream): void;
  /** Those that last. */
  all(): readonly Link[];
  /** What is known of the agent that holds a key, and of its cluster through it. */
  sight(fingerprint: string): Sight;
  /** Ends the links of revoked keys and tells all agents the whole list. */
  revoked(fingerprints: readonly string[]): Promise<void>;
}

export type LinksParts = Omit<
  LinkParts,
  "opened" | "heard" | "said" | "closed" | "refused" | "revoked" | "refusals"
> & {
  readonly tasks: Tasks;
  /** An agent is there. */
  readonly connected: (link: Link) => void;
  /** Its link is over. */
  readonly gone: () => void;
};

export function createLinks(world: World, parts: LinksParts): Links {
  const links = new Map<string, Link>();
  const sights = createSights(world, parts.records);
  const { db, tasks } = parts;

  async function revoked(fingerprints: readonly string[]): Promise<void> {
    if (fingerprints.length === 0) return;
    const all = await revokedList(db, REVOKED_MAX);
    for (const link of links.values()) {
      const failure = {
        code: "peer-not-trusted",
        message: `the key of ${link.who} is revoked`,
        evidence: [],
      } as const;
      if (fingerprints.includes(link.peer.fingerprint)) link.refuse(failure, true);
      else link.send({ say: "revoked", fingerprints: all });
    }
  }

  const session: LinkParts = {
    ...parts,
    refusals: createRefusals(world),
    async opened(link) {
      links.get(link.peer.fingerprint)?.close("the agent has connected anew");
      links.set(link.peer.fingerprint, link);
      world.log.info("agent-connected", { who: link.who });
      await sights.opened(link);
      link.send({ say: "revoked", fingerprints: await revokedList(db, REVOKED_MAX) });
      parts.connected(link);
    },
    heard: (link) => sights.heard(link),
    refused: (fingerprint, why) => sights.refused(fingerprint, why),
    async said(link, status) {
      if (links.get(link.peer.fingerprint) === link) await sights.said(link, status);
    },
    closed(link) {
      world.log.info("agent-gone", { who: link.who, reason: link.ended });
      if (links.get(link.peer.fingerprint) !== link) return;
      links.delete(link.peer.fingerprint);
      parts.gone();
      tasks.start("tell-gone", () => sights.gone(link));
    },
    revoked,
  };

  const agents = createGate(world, tasks, session, LINKS_MAX);
  const strangers = createGate(world, tasks, session, STRANGERS_MAX);
  return {
    accept: (stream) => (stream.peer.kind === "agent" ? agents : strangers)(stream),
    all: () => [...links.values()].filter((link) => link.ended === null),
    sight: (fingerprint) => sights.of(fingerprint),
    revoked,
  };
}

/** Serves connections of one kind, up to a number at a time; all end when the control device stops. */
function createGate(world: World, tasks: Tasks, session: LinkParts, max: number): (stream: Stream) => void {
  let open = 0;
  return (stream) => {
    if (open >= max) return stream.close(`${open} connections of the kind are open already`);
    open++;
    const stop = () => stream.close("the control device is stopping");
    tasks.cancel.addEventListener("abort", stop, { once: true });
    tasks.start("link", async () => {
      await serveLink(world, session, stream);
      tasks.cancel.removeEventListener("abort", stop);
      open--;
    });
  };
}
