/** Clusters and agents as the API shows them. */
import type { AgentResource } from "@coeval/contract/api/agent";
import type { ClusterResource, ClusterStatusResource } from "@coeval/contract/api/cluster";
import type { CheckedClusterResource } from "@coeval/contract/api/cluster-check";
import { clusterDocumentOf } from "@coeval/contract/api/cluster-document";
import { formatInstant, type Instant } from "@coeval/core/model/instant";
import type { CheckedCluster } from "../checks/cluster-check.ts";
import type { AgentView, ClusterView } from "../cluster-view.ts";

export function showCluster(view: ClusterView): ClusterResource {
  const document = clusterDocumentOf(view.cluster);
  return {
    ...document,
    metadata: { name: view.cluster.name, revision: String(view.version) },
    status: showClusterStatus(view),
  };
}

export function showClusterStatus(view: ClusterView): ClusterStatusResource {
  const { status } = view;
  return {
    state: view.state,
    cause: view.cause,
    role: view.role,
    identity: view.identity === null ? null : { ...view.identity },
    version: status?.version ?? null,
    capacityBytes: status?.capacityBytes ?? null,
    remainingBytes: status?.remainingBytes ?? null,
    agent: view.agent === null ? null : showAgent(view.agent),
    agents: view.agents.map(showAgent),
    clock: view.clock === null ? null : { ...view.clock },
    clockFailure: view.clockFailure,
    clusterClock: view.clusterClock,
    voidSnapshots: view.voidSnapshots,
    lastSeenAt: orNull(view.lastSeenAt),
  };
}

export function showCheck({ cluster, ok, lines, figures }: CheckedCluster): CheckedClusterResource {
  const { snapshottable, clock, ...rest } = figures;
  return {
    cluster,
    ok,
    lines: lines.map((line) => ({ ...line })),
    figures: {
      ...rest,
      snapshottable: snapshottable === null ? null : [...snapshottable],
      clock: clock === null ? null : { ...clock },
    },
  };
}

export function showAgent(view: AgentView): AgentResource {
  return {
    cluster: view.cluster,
    name: view.agent,
    state: view.revokedAt !== null ? "revoked" : view.connected ? "connected" : "away",
    fingerprint: view.fingerprint,
    enrolledAt: formatInstant(view.enrolledAt),
    revokedAt: orNull(view.revokedAt),
    lastSeenAt: orNull(view.lastSeenAt),
    duty: view.revokedAt !== null ? "none" : view.acting ? "acting" : "standby",
    actingSince: orNull(view.actingSince),
    term: view.term,
    tookOverBecause: view.tookOverBecause,
  };
}

export function orNull(instant: Instant | null): string | null {
  return instant === null ? null : formatInstant(instant);
}
