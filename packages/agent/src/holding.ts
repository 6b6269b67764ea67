/** The holding directory as an instruction names it, with the places of what the base point still holds. */
import type { Holding } from "@coeval/core/ports/target";
import { type Instruction, instructionId, type Order } from "@coeval/core/protect/instruction";
import { readInstruction } from "@coeval/store/agent/journal";
import type { AgentDatabase } from "@coeval/store/agent/tables";

type ReceiveOrder = Extract<Order, { step: "receive-snapshots" }>;

/**
 * The holding of a receive-snapshots. A data set that has left the service since the base point must be removed from the live tree,
 * and only the base's own instruction says where it lies.
 */
export async function holdingOf(
  db: AgentDatabase,
  { service, run }: Instruction,
  order: ReceiveOrder,
): Promise<Holding> {
  const { directory, base } = order;
  const before = base ? await readInstruction(db, receiveId(base.run)) : null;
  const old = before?.instruction.order;
  const gone =
    old?.step === "receive-snapshots" && old.directory === directory
      ? old.sets.filter(({ name }) => !order.sets.some((set) => set.name === name))
      : [];
  return { service, directory, run, sets: [...order.sets, ...gone], basePoint: base?.point ?? null };
}

/** Identity of a run's receive-snapshots. */
export function receiveId(run: string): string {
  return instructionId(run, "receive-snapshots", "target");
}
