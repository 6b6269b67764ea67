import type { ControlQueries } from "./tables.ts";

/** A setting's value, or null. */
export async function settingGet(db: ControlQueries, key: string): Promise<string | null> {
  const row = await db.selectFrom("settings").select("value").where("key", "=", key).executeTakeFirst();
  return row?.value ?? null;
}
