/** Events for live views, in pages. */
import type { Selectable } from "kysely";
import type { ControlQueries, ControlTables } from "./tables.ts";

export type StoredEvent = Readonly<Selectable<ControlTables["events"]>>;

/** Events after `sequence`, oldest first. */
export async function eventList(db: ControlQueries, sequence: number, limit: number): Promise<StoredEvent[]> {
  return await db
    .selectFrom("events")
    .selectAll()
    .where("sequence", ">", sequence)
    .orderBy("sequence")
    .limit(limit)
    .execute();
}
