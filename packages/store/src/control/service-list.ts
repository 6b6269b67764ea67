import { type StoredService, serviceOf } from "./service-row.ts";
import type { ControlQueries } from "./tables.ts";

/** All services that are not deleted, by name. */
export async function serviceList(db: ControlQueries): Promise<StoredService[]> {
  const rows = await db
    .selectFrom("services")
    .selectAll()
    .where("deletedAt", "is", null)
    .orderBy("name")
    .execute();
  return rows.map(serviceOf);
}
