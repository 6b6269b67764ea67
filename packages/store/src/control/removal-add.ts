import type { Instruction } from "@coeval/core/protect/instruction";
import type { ControlWrites } from "./tables.ts";

/** Stores an instruction of a service's removal as open. */
export async function removalAdd(trx: ControlWrites, instruction: Instruction): Promise<void> {
  const { id, run, service } = instruction;
  await trx
    .insertInto("removals")
    .values({
      instruction: id,
      run,
      service,
      body: JSON.stringify(instruction),
      state: "open",
      outcome: null,
    })
    .execute();
}
