import type { Instruction } from "@coeval/core/protect/instruction";
import type { ControlWrites } from "./tables.ts";

/** Stores an instruction as open. Rejects when it exists: a run gives each once. */
export async function instructionAdd(trx: ControlWrites, instruction: Instruction): Promise<void> {
  const { id, run, cluster } = instruction;
  await trx
    .insertInto("instructions")
    .values({ id, run, cluster, body: JSON.stringify(instruction), state: "open", outcome: null })
    .execute();
}
