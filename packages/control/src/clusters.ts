import type { Cluster, ClusterIdentity, ClusterStatus } from "@coeval/core/model/cluster";
import type { Instant } from "@coeval/core/model/instant";
import type { Role } from "@coeval/core/model/role";
import type { Call } from "./call.ts";

export interface Clusters {
  /** @throws CoevalError `name-taken`, `bad-path` (scopes), `bad-input`. Same name and definition again: returns what is there. */
  add(call: Call, cluster: Cluster): Promise<ClusterView>;
  /** @throws CoevalError `not-found`. */
  get(name: string): Promise<ClusterView>;
  list(): Promise<ClusterView[]>;
  /** Revokes its agents too. @throws CoevalError `not-found`, `cluster-in-use` naming the services. */
  remove(call: Call, name: string): Promise<void>;
  /** A one-use secret for an agent; `agent` defaults to the cluster's name. @throws CoevalError `not-found`, `bad-input`. */
  enroll(call: Call, name: string, agent?: string): Promise<Enrolment>;
}

/** What goes into an enrolment token; the secret is kept hashed and cannot be shown again. */
export interface Enrolment {
  readonly secret: string;
  readonly cluster: string;
  readonly agent: string;
  /** SHA-256 (hex) of the authority's certificate. */
  readonly authority: string;
  readonly expiresAt: Instant;
}

/** A cluster as registered and as it is now. */
export interface ClusterView {
  readonly cluster: Cluster;
  readonly version: number;
  /** Pinned at the first meeting; null before. */
  readonly identity: ClusterIdentity | null;
  readonly agent: AgentView | null;
  readonly connected: boolean;
  readonly lastSeenAt: Instant | null;
  readonly reachable: boolean;
  /** First line of why it cannot be used now; null when well. */
  readonly cause: string | null;
  /** What the agent last said; null when it never did since the control device started. */
  readonly status: ClusterStatus | null;
  /** The agent's clock against ours; null until it is read. */
  readonly clock: { readonly offsetMs: number; readonly errorMs: number } | null;
  readonly role: Role | "mixed" | "none";
  /** Snapshots on the cluster that wait for their turn to be deleted. */
  readonly voidSnapshots: number;
}

export interface AgentView {
  readonly cluster: string;
  readonly agent: string;
  readonly fingerprint: string;
  readonly enrolledAt: Instant;
  readonly revokedAt: Instant | null;
  readonly lastSeenAt: Instant | null;
  readonly connected: boolean;
}
