import type { ControlWrites } from "./tables.ts";

/** Sets a setting, whether or not it was there. */
export async function settingPut(trx: ControlWrites, key: string, value: string): Promise<void> {
  await trx
    .insertInto("settings")
    .values({ key, value })
    .onConflict((conflict) => conflict.column("key").doUpdateSet({ value }))
    .execute();
}
