import type { Cluster } from "@coeval/core/model/cluster";
import type { ControlWrites } from "./tables.ts";

/** Registers a cluster whose name is free; the caller has looked in the same transaction. */
export async function clusterAdd(trx: ControlWrites, cluster: Cluster): Promise<void> {
  await trx
    .insertInto("clusters")
    .values({ name: cluster.name, definition: JSON.stringify(cluster), identity: null, version: 1 })
    .execute();
}
