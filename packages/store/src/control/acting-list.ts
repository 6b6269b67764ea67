import { actingOf, type StoredActing } from "./acting-row.ts";
import type { ControlQueries } from "./tables.ts";

/** The acting agent of every cluster that has, or had, one; by cluster. */
export async function actingList(db: ControlQueries): Promise<StoredActing[]> {
  const rows = await db.selectFrom("acting").selectAll().orderBy("cluster").execute();
  return rows.map(actingOf);
}
