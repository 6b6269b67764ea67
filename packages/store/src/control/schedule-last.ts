import type { ControlQueries } from "./tables.ts";

/** Service → its last moment that was armed or told. A service that has none has no row. */
export async function scheduleLast(db: ControlQueries): Promise<Map<string, number>> {
  const rows = await db.selectFrom("schedules").selectAll().execute();
  return new Map(rows.map(({ service, last }) => [service, last]));
}
