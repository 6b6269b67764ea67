/**
 * Which agent of each cluster acts. The others stand by; when the acting one is gone for longer than TAKEOVER_AFTER_MS another takes
 * over, in the next term: stored first, then told to all of them, and only then instructed.
 */
import { TAKEOVER_AFTER_MS } from "@coeval/contract/wire/link";
import { formatInstant } from "@coeval/core/model/instant";
import type { World } from "@coeval/core/ports/world";
import type { RunEvent } from "@coeval/core/protect/run";
import { actingList } from "@coeval/store/control/acting-list";
import { actingPut } from "@coeval/store/control/acting-put";
import type { StoredActing } from "@coeval/store/control/acting-row";
import { agentList } from "@coeval/store/control/agent-list";
import type { StoredAgent } from "@coeval/store/control/agent-row";
import { runActive } from "@coeval/store/control/run-active";
import { createBell } from "./bell.ts";
import type { Link } from "./link.ts";
import type { AgentMessage } from "./link-parts.ts";
import type { Records } from "./records.ts";
import { createSerial } from "./serial.ts";
import type { Sight } from "./sights.ts";
import type { Tasks } from "./tasks.ts";
import { tenuresOn } from "./tenures-on.ts";
import type { ControlQueries } from "@coeval/store/control/tables";

/** What is not confirmed is said again, and who is gone is looked for, this often while there is something to look for. */
const LOOK_EVERY_MS = 500;
const SAY_AGAIN_MS = 2000;
/** Changes that wait for one cluster. */
const WAITING_MAX = 100;

export interface Acting {
  /** The agent that acts for a cluster; null before its first one was ever connected. */
  of(cluster: string): StoredActing | null;
  /** The acting agent's link, once it has confirmed its term and the runs of the term before know of it. */
  link(cluster: string): Link | null;
  /** The term in which the link's agent acts; null when another one does. */
  termOf(link: Link): number | null;
  /** How long until another may take over while this cluster's agent stays away; null when none may. */
  takeoverInMs(cluster: string): number | null;
  /** Reads what is stored. Call once, before anything else. */
  load(): Promise<void>;
  connected(link: Link): void;
  closed(): void;
  /** Agents were enrolled or revoked. */
  changed(): void;
  confirmed(link: Link, message: AgentMessage<"appointed">): Promise<void>;
}

export interface ActingParts {
  readonly db: ControlQueries;
  readonly records: Records;
  readonly tasks: Tasks;
  readonly links: { all(): readonly Link[]; sight(fingerprint: string): Sight };
  readonly feed: (run: string, event: RunEvent) => Promise<void>;
  /** The link may be instructed from now on. */
  readonly ready: (link: Link) => void;
}

interface Confirmed {
  readonly term: number;
  readonly acting: boolean;
  readonly leased: boolean;
}

/** One cluster's agents as they are now. */
interface Crew {
  readonly row: StoredActing | null;
  /** Enrolled and not revoked. */
  readonly agents: readonly StoredAgent[];
  readonly links: readonly Link[];
}

interface State {
  readonly parts: ActingParts;
  readonly world: World;
  readonly startedElapsedMs: number;
  readonly rows: Map<string, StoredActing>;
  readonly confirmed: WeakMap<Link, Confirmed>;
  readonly said: WeakMap<Link, { readonly what: string; readonly elapsedMs: number }>;
  /** Clusters whose acting agent is being changed: from the decision on nobody is told any more that he acts. */
  readonly changing: Set<string>;
  /** The term of which each cluster's runs know. */
  readonly settled: Map<string, number>;
}

export function createActing(world: World, parts: ActingParts): Acting {
  const state: State = {
    parts,
    world,
    startedElapsedMs: world.clock.elapsedMs(),
    rows: new Map(),
    confirmed: new WeakMap(),
    said: new WeakMap(),
    changing: new Set(),
    settled: new Map(),
  };
  const serial = createSerial(WAITING_MAX);
  const more = createBell();
  const { rows, confirmed } = state;

  async function watch(cancel: AbortSignal): Promise<void> {
    while (!cancel.aborted) {
      const next = more.next(cancel);
      let pending = false;
      for (const cluster of clustersOf(state))
        await serial.run(cluster, async () => {
          if (await look(state, cluster)) pending = true;
        });
      if (pending) await world.clock.sleep(LOOK_EVERY_MS, cancel);
      else await next;
    }
  }
  parts.tasks.start("acting", watch);

  function linkOf(cluster: string): Link | null {
    const row = rows.get(cluster);
    if (!row || state.settled.get(cluster) !== row.term) return null;
    return parts.links.all().find((link) => isReady(state, link, row)) ?? null;
  }

  return {
    of: (cluster) => rows.get(cluster) ?? null,
    link: linkOf,
    termOf(link) {
      const { cluster, fingerprint } = link.peer;
      const row = rows.get(cluster);
      return row?.fingerprint === fingerprint && !state.changing.has(cluster) ? row.term : null;
    },
    takeoverInMs(cluster) {
      const row = rows.get(cluster);
      return row?.leased ? Math.max(0, TAKEOVER_AFTER_MS - silentMs(state, row)) : null;
    },
    async load() {
      for (const row of await actingList(parts.db)) rows.set(row.cluster, row);
    },
    connected: () => more.ring(),
    closed: () => more.ring(),
    changed: () => more.ring(),
    async confirmed(link, { term, acting, leased }) {
      const { cluster, fingerprint } = link.peer;
      await serial.run(cluster, async () => {
        const row = rows.get(cluster);
        if (row?.term !== term || (row.fingerprint === fingerprint) !== acting) return;
        confirmed.set(link, { term, acting, leased });
        // A lease that was confirmed is a promise of the agent: from now on another may take over while it is away.
        if (acting && leased && !row.leased) await put(state, { ...row, leased: true });
      });
      if (acting && linkOf(cluster) === link) parts.ready(link);
      more.ring();
    },
  };
}

function clustersOf({ rows, parts }: State): ReadonlySet<string> {
  return new Set([...rows.keys(), ...parts.links.all().map((link) => link.peer.cluster)]);
}

/** Brings a cluster's agents to where they should be. True while something is still to come. */
async function look(state: State, cluster: string): Promise<boolean> {
  const { parts } = state;
  try {
    const agents = (await agentList(parts.db)).filter(
      (agent) => agent.cluster === cluster && agent.revokedAt === null,
    );
    const links = parts.links.all().filter((link) => link.peer.cluster === cluster && link.ended === null);
    await choose(state, cluster, { row: state.rows.get(cluster) ?? null, agents, links });
    const row = state.rows.get(cluster);
    if (!row) return false;
    await settle(state, row);
    return (await tell(state, row, agents, links)) || mayComeToIt(state, row, agents, links);
  } catch (thrown) {
    state.world.log.error("acting-not-settled", { cluster, cause: String(thrown) });
    return true;
  }
}

/** Appoints the first agent that connects, and another when the acting one is gone. */
async function choose(state: State, cluster: string, { row, agents, links }: Crew): Promise<void> {
  const { world, parts } = state;
  const next = candidate(state, row, agents, links);
  if (!next) return;
  if (row && links.some((link) => link.peer.fingerprint === row.fingerprint)) return;
  const own = row && agents.find((agent) => agent.fingerprint === row.fingerprint);
  if (row && own && !row.leased) return;
  // A lease that was given may last that long, revoked or not: whoever is cut off from here does not hear of it.
  if (row?.leased && silentMs(state, row) < TAKEOVER_AFTER_MS) return;
  const { agent, fingerprint } = next.peer;
  const seen = row && parts.links.sight(row.fingerprint).heardAt;
  const since = seen ? `was last heard at ${formatInstant(seen)}` : "is away";
  const why = row && (own ? `${row.agent} ${since}` : `the key of ${row.agent} is revoked`);
  const now = world.clock.nowMs();
  const term = (row?.term ?? 0) + 1;
  // Where others are enrolled it is not instructed before it has confirmed its lease: so it has one from the start.
  const leased = agents.length > 1;
  const chosen: StoredActing = { cluster, agent, fingerprint, term, since: now, leased, why };
  state.changing.add(cluster);
  try {
    await put(state, chosen);
  } finally {
    state.changing.delete(cluster);
  }
  if (row) world.log.warn("agent-took-over", { cluster, agent, term, why });
}

/** The one that sees its cluster comes first, then the one that was enrolled first. */
function candidate(
  { parts }: State,
  row: StoredActing | null,
  agents: readonly StoredAgent[],
  links: readonly Link[],
): Link | null {
  const able = links.filter(
    ({ peer }) =>
      peer.fingerprint !== row?.fingerprint && agents.some((agent) => agent.fingerprint === peer.fingerprint),
  );
  const sees = (link: Link) => parts.links.sight(link.peer.fingerprint).said?.cluster.reachable === true;
  const enrolledAt = (link: Link) =>
    agents.find((agent) => agent.fingerprint === link.peer.fingerprint)?.enrolledAt ?? 0;
  return (
    able.toSorted((a, b) => Number(sees(b)) - Number(sees(a)) || enrolledAt(a) - enrolledAt(b))[0] ?? null
  );
}

async function put(state: State, acting: StoredActing): Promise<void> {
  const { cluster, agent, term, why, leased } = acting;
  const before = state.rows.get(cluster);
  const stored = await state.parts.records.write(async (tx) => {
    if (!(await actingPut(tx.trx, acting))) return false;
    if (before?.term === term) return true;
    const object = `agent/${cluster}/${agent}`;
    await tx.audit("control", "agent.appoint", object, { term, why, leased });
    await tx.event("agent", object, { cluster, acting: true, term });
    return true;
  });
  if (stored) state.rows.set(cluster, acting);
}

/** Runs that the agent before had a part in hear that it is not theirs any more, before the new one is instructed. */
async function settle({ parts, settled }: State, row: StoredActing): Promise<void> {
  const { cluster, agent, fingerprint, term } = row;
  if (settled.get(cluster) === term) return;
  for (const { run } of await runActive(parts.db)) {
    for (const side of ["source", "target"] as const) {
      if (run[side].cluster !== cluster || run[side].fingerprint === fingerprint) continue;
      await parts.feed(run.id, { kind: "taken-over", side, agent, fingerprint });
    }
  }
  settled.set(cluster, term);
  const link = parts.links.all().find((one) => one.peer.fingerprint === fingerprint);
  if (link) parts.ready(link);
}

/** Says to every agent what it is, until it has confirmed it. True while one has not. */
async function tell(
  state: State,
  row: StoredActing,
  agents: readonly StoredAgent[],
  links: readonly Link[],
): Promise<boolean> {
  const { parts, world, confirmed, said } = state;
  const leased = agents.length > 1;
  // An agent that was told that it stands alone may not be taken over from while it is away.
  if (row.leased && !leased) await put(state, { ...row, leased: false });
  let waiting = false;
  for (const link of links) {
    const known = confirmed.get(link);
    const acting = link.peer.fingerprint === row.fingerprint;
    if (known?.term === row.term && known.acting === acting && known.leased === leased) continue;
    waiting = true;
    const elapsedMs = world.clock.elapsedMs();
    const what = JSON.stringify([row.term, acting, leased]);
    const before = said.get(link);
    if (before?.what === what && elapsedMs - before.elapsedMs < SAY_AGAIN_MS) continue;
    said.set(link, { what, elapsedMs });
    const tenures = await tenuresOn(parts.db, row.cluster);
    link.send({ say: "appoint", term: row.term, acting, leased, tenures });
  }
  return waiting;
}

/** The acting agent is away, and another waits. */
function mayComeToIt(
  state: State,
  row: StoredActing,
  agents: readonly StoredAgent[],
  links: readonly Link[],
): boolean {
  if (links.some((link) => link.peer.fingerprint === row.fingerprint)) return false;
  const own = agents.some((agent) => agent.fingerprint === row.fingerprint);
  return (row.leased || !own) && candidate(state, row, agents, links) !== null;
}

function silentMs({ parts, world, startedElapsedMs }: State, row: StoredActing): number {
  const { heardElapsedMs } = parts.links.sight(row.fingerprint);
  // Not heard since this process started: what an earlier one heard, it heard before.
  return world.clock.elapsedMs() - Math.max(heardElapsedMs, startedElapsedMs);
}

function isReady({ confirmed }: State, link: Link, row: StoredActing): boolean {
  const known = confirmed.get(link);
  return (
    link.ended === null &&
    link.peer.fingerprint === row.fingerprint &&
    known?.term === row.term &&
    known.acting &&
    (known.leased || !row.leased)
  );
}
