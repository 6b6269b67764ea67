import type { StoredAgent } from "./agent-row.ts";
import type { ControlQueries } from "./tables.ts";

/** All keys ever enrolled, by cluster, newest last. */
export async function agentList(db: ControlQueries): Promise<StoredAgent[]> {
  return await db
    .selectFrom("agents")
    .selectAll()
    .orderBy("cluster")
    .orderBy("enrolledAt")
    .orderBy("fingerprint")
    .execute();
}
