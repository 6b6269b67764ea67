import { pointOf, type StoredPoint } from "./point-row.ts";
import type { ControlQueries } from "./tables.ts";

/** The point, or null. */
export async function pointGet(db: ControlQueries, id: string): Promise<StoredPoint | null> {
  const row = await db.selectFrom("points").selectAll().where("id", "=", id).executeTakeFirst();
  return row ? pointOf(row) : null;
}
