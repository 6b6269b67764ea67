/** What is shown of a cluster and its agent. */
import type { ErrorCode } from "@coeval/core/errors";
import type { Cluster, ClusterIdentity, ClusterStatus } from "@coeval/core/model/cluster";
import type { Instant } from "@coeval/core/model/instant";
import type { Apart } from "@coeval/core/ports/clock";
import type { TimeServer } from "@coeval/core/ports/time-source";
import type { Role } from "@coeval/core/model/role";

/** Whether a cluster can be used now, and if not, what stands in the way. */
export type ClusterState =
  | "ok"
  | "no-agent"
  | "agent-away"
  | "unreachable"
  | "other-cluster"
  | "registered-twice"
  | "safe-mode"
  | "clock-off";

/** The error that an act on a cluster in this state ends with. */
export const codeOf = {
  ok: null,
  "no-agent": "agent-away",
  "agent-away": "agent-away",
  unreachable: "cluster-unreachable",
  "other-cluster": "cluster-identity",
  "registered-twice": "cluster-identity",
  "safe-mode": "safe-mode",
  "clock-off": "clock-off",
} as const satisfies Record<ClusterState, ErrorCode | null>;

/** A cluster as registered and as it is now. */
export interface ClusterView {
  readonly cluster: Cluster;
  readonly version: number;
  /** Pinned at the first meeting; null before. */
  readonly identity: ClusterIdentity | null;
  /** The one that acts, or acts first when it connects; null when none is enrolled. */
  readonly agent: AgentView | null;
  /** All that are enrolled, the acting one among them, by name. */
  readonly agents: readonly AgentView[];
  readonly connected: boolean;
  readonly lastSeenAt: Instant | null;
  readonly state: ClusterState;
  /** First line of why it cannot be used now; null when its state is `ok`. */
  readonly cause: string | null;
  /** What the agent last said; null when it never did since the control device started. */
  readonly status: ClusterStatus | null;
  /** The agent's reading of the shared clock; null until there is one, and when it reads another source. */
  readonly clock: ClockView | null;
  /** Why the agent could not read the source last; null when it could. */
  readonly clockFailure: string | null;
  /** How far the cluster's own clock is ahead of the shared one, as its stamps told `ageMs` ago; null until one was seen. */
  readonly clusterClock: (Apart & { readonly ageMs: number }) | null;
  /** Where the agent says that its peers reach it. */
  readonly dataAddress: string | null;
  readonly role: Role | "mixed" | "none";
  /** Snapshots on the cluster that wait for their turn to be deleted. */
  readonly voidSnapshots: number;
}

export interface ClockView {
  readonly source: string;
  /** Who answers the agent for an NTP source. */
  readonly server: TimeServer | null;
  /** How far the wall clock of the agent's machine is ahead of the source. */
  readonly offsetMs: number;
  readonly errorMs: number;
  /** How long ago the source was read last. */
  readonly ageMs: number;
  /** How far the agent's view of the source is ahead of ours; null when it is our own clock, or not known. */
  readonly apart: Apart | null;
}

export interface AgentView {
  readonly cluster: string;
  readonly agent: string;
  readonly fingerprint: string;
  readonly enrolledAt: Instant;
  readonly revokedAt: Instant | null;
  readonly lastSeenAt: Instant | null;
  readonly connected: boolean;
  /** It is the cluster's one agent that acts. */
  readonly acting: boolean;
  /** Since when it acts, in which term, and why it took over; null when it does not act. */
  readonly actingSince: Instant | null;
  readonly term: number | null;
  readonly tookOverBecause: string | null;
}
