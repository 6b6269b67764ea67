/** The check of a cluster, before anything is done with it: asks its agent once, and changes nothing. */
import { LINK_VERSION } from "@coeval/contract/wire/link";
import { type Failure, toFailure } from "@coeval/core/errors";
import { serviceList } from "@coeval/store/control/service-list";
import type { ControlQueries } from "@coeval/store/control/tables";
import type { Clients } from "../access/clients.ts";
import { sameCluster } from "../access/twins.ts";
import { clockWarnings } from "../clock-warnings.ts";
import type { ClusterView } from "../cluster-view.ts";
import type { AgentMessage } from "../link-parts.ts";
import type { Link } from "../link.ts";
import type { Acting } from "../acting.ts";
import type { ControlClock } from "../shared-clock.ts";
import type { CheckLine } from "./check-line.ts";
import { clusterLines } from "./cluster-lines.ts";

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
    readonly user: string;
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
  readonly clock: ControlClock;
}

/** @param own the version of this software. @throws CoevalError `not-found`. */
export async function checkCluster(
  parts: ClusterCheckParts,
  name: string,
  own: string,
): Promise<CheckedCluster> {
  const { db, clients, acting, clock } = parts;
  const link = acting.link(name);
  const { cluster } = await clients.view(name);
  const inspected = link ? await inspect(link, cluster.scopes) : null;
  // Looked at after the answer: what the agent's silence changed is told as it is now.
  const all = await clients.all();
  const view = await clients.view(name);
  const agent = link?.software ?? null;
  const using = ({ primary, secondary }: { primary: string; secondary: string }) =>
    [primary, secondary].includes(name);
  const lines = clusterLines({
    view,
    inspected,
    software: { own, agent },
    clock,
    clockWarnings: clockWarnings(clock, [view]).map(({ text }) => text),
    services: (await serviceList(db)).map(({ service }) => service).filter(using),
    twins: all
      .filter((other) => other.cluster.name !== name && sameCluster(whoIs(other), whoIs(view)))
      .map((other) => other.cluster.name),
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
      user: cluster.hdfs.user,
      superuser: inspection?.superuser ?? null,
      snapshottable: inspection?.snapshottable ?? null,
      capacityBytes: status?.capacityBytes ?? null,
      usedBytes: inspection?.usedBytes ?? null,
      remainingBytes: status?.remainingBytes ?? null,
      clock: view.clock,
    },
  };
}

async function inspect(link: Link, scopes: readonly string[]): Promise<AgentMessage<"inspected"> | Failure> {
  try {
    return await link.questions.ask({ say: "inspect", scopes: [...scopes] });
  } catch (thrown) {
    return toFailure(thrown);
  }
}

/** Who a cluster is: as pinned, else as it shows itself. */
function whoIs({ identity, status }: ClusterView): ClusterView["identity"] {
  return identity ?? status?.identity ?? null;
}
