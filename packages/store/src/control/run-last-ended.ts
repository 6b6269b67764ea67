import { runOf, type StoredRun } from "./run-row.ts";
import type { ControlQueries } from "./tables.ts";

/** The service's run that ended last, or null. */
export async function runLastEnded(db: ControlQueries, service: string): Promise<StoredRun | null> {
  const row = await db
    .selectFrom("runs")
    .selectAll()
    .where("service", "=", service)
    .where("endedAt", "is not", null)
    .orderBy("startedAt", "desc")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return row ? runOf(row) : null;
}
