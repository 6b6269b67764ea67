/** Small things an agent keeps: how its cluster is reached, as the control device last said. */
import type { AgentDatabase } from "./tables.ts";

export async function readSetting(db: AgentDatabase, key: string): Promise<string | null> {
  const row = await db.selectFrom("settings").select("value").where("key", "=", key).executeTakeFirst();
  return row?.value ?? null;
}

export async function writeSetting(db: AgentDatabase, key: string, value: string): Promise<void> {
  await db
    .insertInto("settings")
    .values({ key, value })
    .onConflict((conflict) => conflict.column("key").doUpdateSet({ value }))
    .execute();
}
