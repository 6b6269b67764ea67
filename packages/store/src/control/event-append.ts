import type { ControlWrites } from "./tables.ts";

/** Events kept; the oldest go. */
export const EVENTS_KEPT_MAX = 100_000;

/** Appends an event for live views. */
export async function eventAppend(
  trx: ControlWrites,
  event: { at: number; kind: string; object: string; details: string },
): Promise<void> {
  const { sequence } = await trx
    .insertInto("events")
    .values(event)
    .returning("sequence")
    .executeTakeFirstOrThrow();
  await trx
    .deleteFrom("events")
    .where("sequence", "<=", sequence - EVENTS_KEPT_MAX)
    .execute();
}
