import type { ControlWrites } from "./tables.ts";

/** No answer to the run's open instructions is waited for any more. */
export async function instructionWithdraw(trx: ControlWrites, run: string): Promise<void> {
  await trx
    .updateTable("instructions")
    .set({ state: "withdrawn" })
    .where("run", "=", run)
    .where("state", "=", "open")
    .execute();
}
