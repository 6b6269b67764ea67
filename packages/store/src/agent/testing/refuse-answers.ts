/** A journal that takes no answer to one instruction, as on a full disk; for tests. */
import { sql } from "kysely";
import type { AgentDatabase } from "../tables.ts";

/** From now on the answer to this instruction cannot be stored; the function that is given back mends it. */
export async function refuseAnswers(db: AgentDatabase, instruction: string): Promise<() => Promise<void>> {
  await sql`create trigger full before update of outcome on journal when new.instruction = ${sql.lit(instruction)}
    begin select raise(abort, 'full'); end`.execute(db);
  return async () => {
    await sql`drop trigger full`.execute(db);
  };
}
