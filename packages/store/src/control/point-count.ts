import type { ControlQueries } from "./tables.ts";

/** How many points a service has. */
export async function pointCount(db: ControlQueries, service: string): Promise<number> {
  const { count } = await db
    .selectFrom("points")
    .select((select) => select.fn.countAll<number>().as("count"))
    .where("service", "=", service)
    .executeTakeFirstOrThrow();
  return count;
}
