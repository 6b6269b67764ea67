/** Runs that brought points, for how fast a pair of clusters is. */
import { runOf, type StoredRun } from "./run-row.ts";
import type { ControlQueries } from "./tables.ts";

/** Services whose runs are looked for at most. */
const SERVICES_MAX = 1000;

/** Runs of these services that are done, newest first. */
export async function runMeasured(
  db: ControlQueries,
  services: readonly string[],
  limit: number,
): Promise<StoredRun[]> {
  if (services.length === 0) return [];
  const rows = await db
    .selectFrom("runs")
    .selectAll()
    .where("service", "in", services.slice(0, SERVICES_MAX))
    .where("phase", "=", "done")
    .orderBy("startedAt", "desc")
    .limit(limit)
    .execute();
  return rows.map(runOf);
}
