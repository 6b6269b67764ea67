import type { ControlQueries } from "./tables.ts";

/** The newest event's sequence; 0 when there is none. */
export async function eventLast(db: ControlQueries): Promise<number> {
  const row = await db
    .selectFrom("events")
    .select((select) => select.fn.max("sequence").as("last"))
    .executeTakeFirst();
  return row?.last ?? 0;
}
