import { runOf, type StoredRun } from "./run-row.ts";
import type { ControlQueries } from "./tables.ts";

/** The run, or null. */
export async function runGet(db: ControlQueries, id: string): Promise<StoredRun | null> {
  const row = await db.selectFrom("runs").selectAll().where("id", "=", id).executeTakeFirst();
  return row ? runOf(row) : null;
}
