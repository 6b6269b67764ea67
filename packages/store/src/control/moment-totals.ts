import type { ControlQueries } from "./tables.ts";

/** How many moments of each service had which fate, those too whose rows are gone: the counts only grow. */
export async function momentTotals(
  db: ControlQueries,
): Promise<{ service: string; fate: string; total: number }[]> {
  return await db.selectFrom("momentTotals").selectAll().execute();
}
