/**
 * Copies of what a run goes on from: where a cluster has several agents, each keeps the newest point's manifest and certificate of
 * every service there, so that whichever acts can go on. What one lacks is read from an agent that keeps it, page by page.
 */
import { CoevalError, toFailure } from "@coeval/core/errors";
import { type Certificate, certificateSha256 } from "@coeval/core/model/certificate";
import type { World } from "@coeval/core/ports/world";
import type { FromControl } from "@coeval/contract/wire/link";
import { agentList } from "@coeval/store/control/agent-list";
import { pointGet } from "@coeval/store/control/point-get";
import { pointNewest } from "@coeval/store/control/point-newest";
import { runActive } from "@coeval/store/control/run-active";
import type { ControlQueries } from "@coeval/store/control/tables";
import type { Acting } from "./acting.ts";
import { createBell } from "./bell.ts";
import type { Link } from "./link.ts";
import type { Tasks } from "./tasks.ts";
import { tenuresOn } from "./tenures-on.ts";

/** What agents lack is looked for this often where a cluster has several. */
const LOOK_EVERY_MS = 2000;
/** Entries asked for at a time; the agent gives fewer when they are large. */
const PAGE_ENTRIES = 500;

export interface Copies {
  /**
   * The cluster's acting agent is ready, and keeps the point that the next run goes on from; where it has been the only one it does.
   * @throws CoevalError `agent-not-ready`.
   */
  require(cluster: string, point: Wanted | null): Promise<void>;
  /** Something may be lacking now. */
  look(): void;
}

/** A manifest to be kept, with its certificate once there is one. */
export interface Wanted {
  readonly service: string;
  readonly run: string;
  readonly manifestSha256: string;
  readonly certificate: Certificate | null;
}

export interface CopiesParts {
  readonly db: ControlQueries;
  readonly tasks: Tasks;
  readonly acting: Acting;
  readonly links: { all(): readonly Link[] };
}

export function createCopies(world: World, parts: CopiesParts): Copies {
  const { db, tasks, acting, links } = parts;
  /** The newest point, or unsealed run, of each service that an agent was found to keep. */
  const known = new WeakMap<Link, Map<string, string>>();
  const busy = new Set<Link>();
  const more = createBell();

  async function keeps(link: Link, wanted: Wanted): Promise<boolean> {
    const { service, run, certificate } = wanted;
    const had = known.get(link) ?? new Map<string, string>();
    const newest = certificate?.body.point ?? run;
    if (had.get(service) === newest) return true;
    const sha256 = certificate && certificateSha256(world.hash, certificate);
    const { held } = await link.questions.ask({
      say: "holds-point",
      service,
      run,
      certificateSha256: sha256,
    });
    if (held) known.set(link, had.set(service, newest));
    return held;
  }

  async function bring(link: Link): Promise<void> {
    for (const wanted of await wantedOn(db, link, known.get(link) ?? new Map())) {
      if (await keeps(link, wanted)) continue;
      await copy(world, links.all(), link, wanted);
    }
  }

  async function look(): Promise<boolean> {
    const several = await severalAgents(db, acting);
    for (const link of links.all()) {
      if (!several.has(link.peer.cluster) || busy.has(link)) continue;
      busy.add(link);
      tasks.start("copies", () =>
        bring(link)
          .catch((thrown: unknown) =>
            world.log.warn("copy-not-made", { who: link.who, why: toFailure(thrown).message }),
          )
          .finally(() => busy.delete(link)),
      );
    }
    return several.size > 0;
  }

  tasks.start("copies", async (cancel) => {
    while (!cancel.aborted) {
      const next = more.next(cancel);
      if (await look()) await world.clock.sleep(LOOK_EVERY_MS, cancel);
      else await next;
    }
  });

  return {
    look: () => more.ring(),
    async require(cluster, wanted) {
      const link = acting.link(cluster);
      if (!link)
        throw new CoevalError(
          "agent-not-ready",
          `the agent of ${cluster} has not confirmed yet that it acts`,
        );
      if (!wanted || !(await severalAgents(db, acting)).has(cluster)) return;
      if (await keeps(link, wanted)) return;
      more.ring();
      throw lacking(link, wanted);
    },
  };
}

function lacking({ peer }: Link, { run }: Wanted): CoevalError {
  const what = `the manifest of ${run}, which the next point goes on from`;
  return new CoevalError("agent-not-ready", `${peer.agent} of ${peer.cluster} does not keep ${what}, yet`);
}

/** Clusters whose acting agent is, or was, not the only one. */
async function severalAgents(db: ControlQueries, acting: Acting): Promise<ReadonlySet<string>> {
  const counts = new Map<string, number>();
  for (const { cluster, revokedAt } of await agentList(db))
    if (revokedAt === null) counts.set(cluster, (counts.get(cluster) ?? 0) + 1);
  const several = [...counts].filter(([cluster, count]) => count > 1 || (acting.of(cluster)?.term ?? 1) > 1);
  return new Set(several.map(([cluster]) => cluster));
}

/** What the next run of each service on the link's cluster goes on from, and what a seal does that this agent took over; what is known to be kept is left out. */
async function wantedOn(
  db: ControlQueries,
  { peer }: Link,
  known: ReadonlyMap<string, string>,
): Promise<Wanted[]> {
  const wanted: Wanted[] = [];
  const services = new Set((await tenuresOn(db, peer.cluster)).map(({ service }) => service));
  for (const { service, id } of await pointNewest(db)) {
    const point = services.has(service) && known.get(service) !== id ? await pointGet(db, id) : null;
    if (point) wanted.push(wantedOf(point));
  }
  for (const { run } of await runActive(db)) {
    const { id, phase, sent, target } = run;
    if (phase !== "sealing" || !sent || target.fingerprint !== peer.fingerprint) continue;
    const { sha256: manifestSha256 } = sent.manifest;
    wanted.push({ service: run.service.name, run: id, manifestSha256, certificate: null });
  }
  return wanted;
}

/** A sealed point as it is to be kept. */
export function wantedOf(point: {
  readonly service: string;
  readonly run: string;
  readonly certificate: Certificate;
}): Wanted {
  const { service, run, certificate } = point;
  return { service, run, manifestSha256: certificate.body.manifest.sha256, certificate };
}

/** From the first agent that keeps it, whichever cluster it stands beside: both sides hold the same manifest. */
async function copy(world: World, links: readonly Link[], to: Link, wanted: Wanted): Promise<void> {
  const { service, run } = wanted;
  for (const from of links.filter((link) => link !== to && link.ended === null)) {
    try {
      const question = { say: "holds-point", service, run, certificateSha256: null } as const;
      if (!(await from.questions.ask(question)).held) continue;
      await copyFrom(from, to, wanted);
      world.log.info("copied", { run, from: from.who, to: to.who });
      return;
    } catch (thrown) {
      world.log.warn("copy-broke", { run, from: from.who, to: to.who, why: toFailure(thrown).message });
    }
  }
  throw lacking(to, wanted);
}

type Keep = Extract<FromControl, { say: "keep-point" }>;

async function copyFrom(from: Link, to: Link, wanted: Wanted): Promise<void> {
  const { service, run, manifestSha256, certificate } = wanted;
  const role = certificate?.body.primary.cluster === to.peer.cluster ? "primary" : "secondary";
  let offset: number | null = 0;
  let before = 0;
  while (offset !== null) {
    const page: { entries: Keep["entries"]; next: number | null } = await from.questions.ask({
      say: "list-point",
      service,
      run,
      offset,
      limit: PAGE_ENTRIES,
    });
    const end = page.next === null ? ({ manifestSha256, certificate } as Keep["end"]) : null;
    await to.questions.ask({
      say: "keep-point",
      service,
      run,
      role,
      before,
      entries: page.entries,
      end,
    });
    before += page.entries.length;
    offset = page.next;
  }
}
