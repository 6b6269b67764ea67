import type { ControlQueries } from "./tables.ts";

/** How many moments of a service were missed after an instant. */
export async function momentMissed(db: ControlQueries, service: string, after: number): Promise<number> {
  const row = await db
    .selectFrom("moments")
    .select(({ fn }) => [fn.countAll<number>().as("rows"), fn.sum<number>("more").as("more")])
    .where("service", "=", service)
    .where("fate", "=", "missed")
    .where("moment", ">", after)
    .executeTakeFirstOrThrow();
  return Number(row.rows) + Number(row.more ?? 0);
}
