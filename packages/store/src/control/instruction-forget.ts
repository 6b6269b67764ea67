import type { ControlWrites } from "./tables.ts";

/** Forgets a run's instructions: once it is over its state and the audit log hold what they led to. */
export async function instructionForget(trx: ControlWrites, run: string): Promise<void> {
  await trx.deleteFrom("instructions").where("run", "=", run).execute();
}
