import type { ControlWrites } from "./tables.ts";

/** Stores how far a service's policy is answered. It never goes back. */
export async function schedulePut(trx: ControlWrites, service: string, last: number): Promise<void> {
  await trx
    .insertInto("schedules")
    .values({ service, last })
    .onConflict((conflict) =>
      conflict.column("service").doUpdateSet({ last }).where("schedules.last", "<", last),
    )
    .execute();
}
