import { runOf, type StoredRun } from "./run-row.ts";
import type { ControlQueries } from "./tables.ts";

/** Runs that are not over, oldest first: of one service (at most one), or all. */
export async function runActive(db: ControlQueries, service?: string): Promise<StoredRun[]> {
  let query = db.selectFrom("runs").selectAll().where("endedAt", "is", null);
  if (service !== undefined) query = query.where("service", "=", service);
  const rows = await query.orderBy("startedAt").orderBy("id").execute();
  return rows.map(runOf);
}
