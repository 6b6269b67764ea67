import type { ControlQueries } from "./tables.ts";

/** How many runs of each service ended how: `done` or `failed`. Runs are never forgotten, so the counts only grow. */
export async function runOutcomes(
  db: ControlQueries,
): Promise<{ service: string; outcome: string; runs: number }[]> {
  return await db
    .selectFrom("runs")
    .select(({ fn }) => ["service", "phase as outcome", fn.countAll<number>().as("runs")])
    .where("phase", "in", ["done", "failed"])
    .groupBy(["service", "phase"])
    .execute();
}
