import type { StoredPause } from "./pause-list.ts";
import type { ControlWrites } from "./tables.ts";

/** Pauses kept; the oldest go. */
export const PAUSES_KEPT_MAX = 10_000;

/** Adds a pause. */
export async function pauseAdd(trx: ControlWrites, pause: StoredPause): Promise<void> {
  const { number } = await trx
    .insertInto("pauses")
    .values({ ...pause })
    .returning("number")
    .executeTakeFirstOrThrow();
  await trx
    .deleteFrom("pauses")
    .where("number", "<=", number - PAUSES_KEPT_MAX)
    .execute();
}
