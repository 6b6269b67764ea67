import type { StoredAgent } from "./agent-row.ts";
import type { ControlQueries } from "./tables.ts";

/** The agent that holds a key, revoked or not, or null. */
export async function agentGet(db: ControlQueries, fingerprint: string): Promise<StoredAgent | null> {
  const row = await db
    .selectFrom("agents")
    .selectAll()
    .where("fingerprint", "=", fingerprint)
    .executeTakeFirst();
  return row ?? null;
}
