import { pointOf, type StoredPoint } from "./point-row.ts";
import type { ControlQueries } from "./tables.ts";

/** A service's points, newest first; `before`: only those with a lower number. */
export async function pointList(
  db: ControlQueries,
  service: string,
  before: number | null,
  limit: number,
): Promise<StoredPoint[]> {
  let query = db.selectFrom("points").selectAll().where("service", "=", service);
  if (before !== null) query = query.where("number", "<", before);
  const rows = await query.orderBy("number", "desc").limit(limit).execute();
  return rows.map(pointOf);
}
