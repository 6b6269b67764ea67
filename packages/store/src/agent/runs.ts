/** Which runs are over at this agent: nothing of them takes effect any more. */
import type { AgentDatabase } from "./tables.ts";

export async function endRun(db: AgentDatabase, run: string, outcome: "sealed" | "void"): Promise<void> {
  await db
    .insertInto("ended")
    .values({ run, outcome })
    .onConflict((conflict) => conflict.column("run").doNothing())
    .execute();
}

export async function isEnded(db: AgentDatabase, run: string): Promise<boolean> {
  return (await db.selectFrom("ended").select("run").where("run", "=", run).executeTakeFirst()) !== undefined;
}
