import type { ControlWrites } from "./tables.ts";

/** Its trouble is over. */
export async function alertOver(trx: ControlWrites, number: number, at: number): Promise<void> {
  await trx.updateTable("alerts").set({ overAt: at }).where("number", "=", number).execute();
}
