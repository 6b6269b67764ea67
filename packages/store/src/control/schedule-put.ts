import type { ControlWrites } from "./tables.ts";

/** Stores how far a service's policy is answered. It never goes back. */
export async function schedulePut(trx: ControlWrites, service: string, last: number): Promise<void> {
  await trx
    .insertInto("schedules")
    .values({ service, last })
    .onConflict((conflict) =>
      conflict
        .column("service")
        .doUpdateSet({ last, own: 0 })
        .where(({ eb, or }) => or([eb("schedules.own", "=", 1), eb("schedules.last", "<", last)])),
    )
    .execute();
}

/** The policy begins at this instant of the control device's own clock: the shared one was not read yet. */
export async function scheduleBegin(trx: ControlWrites, service: string, ownNow: number): Promise<void> {
  const begun = { last: ownNow, own: 1 };
  await trx
    .insertInto("schedules")
    .values({ service, ...begun })
    .onConflict((conflict) => conflict.column("service").doUpdateSet(begun))
    .execute();
}
