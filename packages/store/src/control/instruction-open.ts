import type { Instruction } from "@coeval/core/protect/instruction";
import type { ControlQueries } from "./tables.ts";

/** All instructions that are not answered, in the order in which they were given. */
export async function instructionOpen(db: ControlQueries): Promise<Instruction[]> {
  const rows = await db
    .selectFrom("instructions")
    .select("body")
    .where("state", "=", "open")
    .orderBy("number")
    .execute();
  return rows.map((row) => JSON.parse(row.body) as Instruction);
}
