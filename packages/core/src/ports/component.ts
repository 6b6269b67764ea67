/** What every driver of a component offers, source and target alike. */
import type { ClusterStatus, Inspection } from "../model/cluster.ts";

/** Differences between components, as documented facts: no caller asks which component it has. */
export interface Facts {
  readonly component: "hdfs";
  /** Snapshots of one root live at once at most. */
  readonly snapshotsPerRootMax: number;
  /** True when one snapshot may cover several data sets. */
  readonly covering: boolean;
}

/** What sources and targets have in common. */
export interface Component {
  readonly facts: Facts;
  /** What the cluster says of itself now. Never rejects for a cluster that is down: the status carries the cause. */
  probe(cancel: AbortSignal): Promise<ClusterStatus>;
  /**
   * What the agent's user may do there, and what of the granted directories is there. Writes nothing.
   * @throws CoevalError when the cluster cannot be asked.
   */
  inspect(scopes: readonly string[], cancel: AbortSignal): Promise<Inspection>;
}
