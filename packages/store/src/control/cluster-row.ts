/** A registered cluster as stored. */
import type { Cluster, ClusterIdentity } from "@coeval/core/model/cluster";
import type { Selectable } from "kysely";
import type { ControlTables } from "./tables.ts";

export interface StoredCluster {
  readonly cluster: Cluster;
  /** Null until it is pinned. */
  readonly identity: ClusterIdentity | null;
  readonly version: number;
}

export function clusterOf(row: Selectable<ControlTables["clusters"]>): StoredCluster {
  return {
    cluster: JSON.parse(row.definition) as Cluster,
    identity: row.identity === null ? null : (JSON.parse(row.identity) as ClusterIdentity),
    version: row.version,
  };
}
