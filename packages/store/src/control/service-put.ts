import type { Service } from "@coeval/core/model/service";
import type { ControlWrites } from "./tables.ts";

/** Stores a service at a version, new or not; one that was deleted is there again. The epoch is kept, 1 for a new one. */
export async function servicePut(trx: ControlWrites, service: Service, version: number): Promise<void> {
  const definition = JSON.stringify(service);
  await trx
    .insertInto("services")
    .values({ name: service.name, definition, version, epoch: 1, deletedAt: null })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ definition, version, deletedAt: null }))
    .execute();
}
