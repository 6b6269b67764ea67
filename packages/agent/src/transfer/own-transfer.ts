/** What this agent was told and answered of its end of a run's transfer, whichever direction it had. */
import { DIRECTIONS, type TransferStep } from "@coeval/core/protect/direction";
import { instructionId, type Order, type Result, type Side } from "@coeval/core/protect/instruction";
import { type JournalEntry, readInstruction } from "@coeval/store/agent/journal";
import type { AgentDatabase } from "@coeval/store/agent/tables";

/** One end of a transfer as it stands in the journal. */
export interface OwnTransfer {
  readonly order: Extract<Order, { step: TransferStep }>;
  readonly outcome: JournalEntry["outcome"];
  /** Null while it has not succeeded. */
  readonly result: Extract<Result, { step: TransferStep }> | null;
}

/** Null when the run has come to no transfer here. */
export async function ownTransfer(db: AgentDatabase, run: string, side: Side): Promise<OwnTransfer | null> {
  const ends = Object.values(DIRECTIONS).flatMap(({ listens, dials }) => [listens, dials]);
  for (const end of ends.filter((one) => one.side === side)) {
    const entry = await readInstruction(db, instructionId(run, end.step, side));
    if (!entry) continue;
    const { outcome } = entry;
    return {
      order: entry.instruction.order as OwnTransfer["order"],
      outcome,
      result: outcome?.ok ? (outcome.result as OwnTransfer["result"]) : null,
    };
  }
  return null;
}
