import type { ControlWrites } from "./tables.ts";

/** Marks a service deleted; its epoch, runs and points stay known. */
export async function serviceDelete(
  trx: ControlWrites,
  name: string,
  version: number,
  now: number,
): Promise<void> {
  await trx.updateTable("services").set({ deletedAt: now, version }).where("name", "=", name).execute();
}
