import { clusterOf, type StoredCluster } from "./cluster-row.ts";
import type { ControlQueries } from "./tables.ts";

/** The cluster, or null. */
export async function clusterGet(db: ControlQueries, name: string): Promise<StoredCluster | null> {
  const row = await db.selectFrom("clusters").selectAll().where("name", "=", name).executeTakeFirst();
  return row ? clusterOf(row) : null;
}
