import { type StoredService, serviceOf } from "./service-row.ts";
import type { ControlQueries } from "./tables.ts";

/** All services that are not deleted, or of these those that are not, by name. */
export async function serviceList(db: ControlQueries, names?: readonly string[]): Promise<StoredService[]> {
  let query = db.selectFrom("services").selectAll().where("deletedAt", "is", null).orderBy("name");
  if (names) query = query.where("name", "in", names);
  const rows = await query.execute();
  return rows.map(serviceOf);
}
