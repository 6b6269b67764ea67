import { clusterOf, type StoredCluster } from "./cluster-row.ts";
import type { ControlQueries } from "./tables.ts";

/** All clusters by name. */
export async function clusterList(db: ControlQueries): Promise<StoredCluster[]> {
  const rows = await db.selectFrom("clusters").selectAll().orderBy("name").execute();
  return rows.map(clusterOf);
}
