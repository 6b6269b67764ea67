import type { Outcome } from "@coeval/core/protect/instruction";
import type { ControlWrites } from "./tables.ts";

/** Keeps the answer of an open instruction. False when none was open by that id: then nothing may follow from it. */
export async function instructionAnswer(trx: ControlWrites, id: string, outcome: Outcome): Promise<boolean> {
  const rows = await trx
    .updateTable("instructions")
    .set({ state: "answered", outcome: JSON.stringify(outcome) })
    .where("id", "=", id)
    .where("state", "=", "open")
    .returning("id")
    .execute();
  return rows.length === 1;
}
