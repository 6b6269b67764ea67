/** Which registered clusters are one and the same HDFS. Pure. */
import type { ClusterIdentity } from "@coeval/core/model/cluster";

/** A registered cluster with what is known of who it is. */
export interface Known {
  readonly name: string;
  /** Pinned at the first meeting. */
  readonly pinned: ClusterIdentity | null;
  /** As its agent said last. */
  readonly shown: ClusterIdentity | null;
}

/**
 * Names of others that are the same as `one`. A cluster that was pinned has nothing to fear: its second registration, by
 * accident or not, must not stop what it protects.
 */
export function twinsOf(one: Known, all: readonly Known[]): string[] {
  const { shown } = one;
  if (one.pinned !== null || shown === null) return [];
  return all
    .filter((other) => other.name !== one.name && sameCluster(other.pinned ?? other.shown, shown))
    .map(({ name }) => name);
}

/** True when both are known and equal. */
export function sameCluster(a: ClusterIdentity | null, b: ClusterIdentity | null): boolean {
  return a !== null && b !== null && a.clusterId === b.clusterId && a.namespaceId === b.namespaceId;
}
