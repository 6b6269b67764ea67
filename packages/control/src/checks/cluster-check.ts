/** The check of a cluster, before anything is done with it: asks its agent once, and changes nothing. */
import { LINK_VERSION } from "@coeval/contract/wire/link";
import { type Failure, toFailure } from "@coeval/core/errors";
import type { Service } from "@coeval/core/model/service";
import { serviceList } from "@coeval/store/control/service-list";
import type { ControlQueries } from "@coeval/store/control/tables";
import type { Clients } from "../access/clients.ts";
import { sameCluster } from "../access/twins.ts";
import { clockWarnings } from "../clock-warnings.ts";
import type { ClusterView } from "../cluster-view.ts";
import type { AgentMessage } from "../link-parts.ts";
import type { Link } from "../link.ts";
import type { Links } from "../links.ts";
import type { Acting } from "../acting.ts";
import type { ControlClock } from "../shared-clock.ts";
import type { CheckLine } from "./check-line.ts";
import { clusterLines } from "./cluster-lines.ts";
import type { AgentSeen } from "./crew-lines.ts";

export interface CheckedCluster {
  readonly cluster: string;
  /** False when a line has failed. */
  readonly ok: boolean;
  readonly lines: readonly CheckLine[];
  /** What the lines rest on, for scripts; null where it is not known. */
  readonly figures: {
    readonly answeredMs: number | null;
    readonly hadoop: string | null;
    readonly agent: string | null;
    readonly protocol: number;
    readonly user: string | null;
    readonly superuser: boolean | null;
    readonly snapshottable: readonly string[] | null;
    readonly capacityBytes: number | null;
    readonly usedBytes: number | null;
    readonly remainingBytes: number | null;
    readonly clock: ClusterView["clock"];
  };
}

export interface ClusterCheckParts {
  readonly db: ControlQueries;
  readonly clients: Clients;
  readonly acting: Pick<Acting, "link">;
  readonly links: Pick<Links, "all" | "sight">;
  readonly clock: ControlClock;
}

/** For whom it is checked: what lies beyond their sight is counted, not named. */
export interface Asker {
  /** Version of this software. */
  readonly own: string;
  readonly maySee: (service: Service) => boolean;
  readonly mayKnow: (cluster: string) => boolean;
  /** A path of the cluster that is checked. */
  readonly mayReach: (path: string) => boolean;
}

/** @throws CoevalError `not-found`. */
export async function checkCluster(
  parts: ClusterCheckParts,
  name: string,
  asker: Asker,
): Promise<CheckedCluster> {
  const { db, clients, acting, clock } = parts;
  const link = acting.link(name);
  const { cluster } = await clients.view(name);
  const inspected = link ? await inspect(link, cluster.scopes, asker) : null;
  // Looked at after the answer: what the agent's silence changed is told as it is now.
  const all = await clients.all();
  const view = await clients.view(name);
  const agent = link?.software ?? null;
  const using = ({ primary, secondary }: { primary: string; secondary: string }) =>
    [primary, secondary].includes(name);
  const lines = clusterLines({
    view,
    inspected,
    software: { own: asker.own, agent },
    crew: crewOf(parts, view),
    clock,
    clockWarnings: clockWarnings(clock, [view]).map(({ text }) => text),
    services: (await serviceList(db))
      .map(({ service }) => service)
      .filter((service) => using(service) && asker.maySee(service)),
    twins: all
      .filter((other) => other.cluster.name !== name && sameCluster(whoIs(other), whoIs(view)))
      .map((other) => (asker.mayKnow(other.cluster.name) ? other.cluster.name : "another cluster")),
  });
  const answer = inspected !== null && "say" in inspected ? inspected : null;
  const { inspection = null, status = null } = answer ?? {};
  return {
    cluster: name,
    ok: lines.every(({ level }) => level !== "failed"),
    lines,
    figures: {
      answeredMs: status?.reachable ? (answer?.tookMs ?? null) : null,
      hadoop: status?.version ?? null,
      agent,
      protocol: LINK_VERSION,
      user: inspection?.user ?? cluster.hdfs.user ?? null,
      superuser: inspection?.superuser ?? null,
      snapshottable: inspection?.snapshottable ?? null,
      capacityBytes: status?.capacityBytes ?? null,
      usedBytes: inspection?.usedBytes ?? null,
      remainingBytes: status?.remainingBytes ?? null,
      clock: view.clock,
    },
  };
}

/** Every agent of the cluster as its own link shows it. */
function crewOf({ links }: ClusterCheckParts, { agents }: ClusterView): AgentSeen[] {
  return agents.map((view) => {
    const { said, dataAddress } = links.sight(view.fingerprint);
    const link = links.all().find(({ peer }) => peer.fingerprint === view.fingerprint) ?? null;
    const { agent, acting, connected } = view;
    return {
      agent,
      acting,
      connected,
      dataAddress,
      software: link?.software ?? null,
      status: connected ? (said?.cluster ?? null) : null,
    };
  });
}

/** What the agent says, but for paths that the asker may not know of: they are counted. */
async function inspect(
  link: Link,
  scopes: readonly string[],
  { mayReach }: Asker,
): Promise<AgentMessage<"inspected"> | Failure> {
  try {
    const answer = await link.questions.ask({ say: "inspect", scopes: [...scopes] });
    const { inspection } = answer;
    if (!inspection) return answer;
    const snapshottable = inspection.snapshottable.filter((path) => mayReach(path));
    return { ...answer, inspection: { ...inspection, snapshottable } };
  } catch (thrown) {
    return toFailure(thrown);
  }
}

/** Who a cluster is: as pinned, else as it shows itself. */
function whoIs({ identity, status }: ClusterView): ClusterView["identity"] {
  return identity ?? status?.identity ?? null;
}
