import type { Instruction, Outcome } from "@coeval/core/protect/instruction";
import type { ControlWrites } from "./tables.ts";

/** Keeps the answer of a removal's open instruction, and tells which that was. Null when none was open by that id. */
export async function removalAnswer(
  trx: ControlWrites,
  instruction: string,
  outcome: Outcome,
): Promise<Instruction | null> {
  const [row] = await trx
    .updateTable("removals")
    .set({ state: "answered", outcome: JSON.stringify(outcome) })
    .where("instruction", "=", instruction)
    .where("state", "=", "open")
    .returning("body")
    .execute();
  return row ? (JSON.parse(row.body) as Instruction) : null;
}
