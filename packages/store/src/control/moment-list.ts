import { momentOf, type StoredMoment } from "./moment-row.ts";
import type { ControlQueries } from "./tables.ts";

/** What became of a service's moments, the newest first; `before`: only those with a lower number. */
export async function momentList(
  db: ControlQueries,
  service: string,
  before: number | null,
  limit: number,
): Promise<StoredMoment[]> {
  let query = db.selectFrom("moments").selectAll().where("service", "=", service);
  if (before !== null) query = query.where("number", "<", before);
  const rows = await query.orderBy("number", "desc").limit(limit).execute();
  return rows.map(momentOf);
}
