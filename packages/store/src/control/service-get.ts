import { type StoredService, serviceOf } from "./service-row.ts";
import type { ControlQueries } from "./tables.ts";

/** The service, also one that was deleted, or null. */
export async function serviceGet(db: ControlQueries, name: string): Promise<StoredService | null> {
  const row = await db.selectFrom("services").selectAll().where("name", "=", name).executeTakeFirst();
  return row ? serviceOf(row) : null;
}
