import type { ControlQueries } from "./tables.ts";

/** How many deliveries wait for each target that has some. */
export async function deliveryTargets(db: ControlQueries): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom("deliveries")
    .select(({ fn }) => ["target", fn.countAll<number>().as("waiting")])
    .where("state", "=", "open")
    .groupBy("target")
    .execute();
  return new Map(rows.map(({ target, waiting }) => [target, waiting]));
}
