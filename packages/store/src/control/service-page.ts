import { type StoredService, serviceOf } from "./service-row.ts";
import type { ControlQueries } from "./tables.ts";

/** Services that are not deleted, by name, from behind the given one on. */
export async function servicePage(
  db: ControlQueries,
  after: string | null,
  limit: number,
): Promise<StoredService[]> {
  const rows = await db
    .selectFrom("services")
    .selectAll()
    .where("deletedAt", "is", null)
    .where("name", ">", after ?? "")
    .orderBy("name")
    .limit(limit)
    .execute();
  return rows.map(serviceOf);
}
