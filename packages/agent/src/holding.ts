/** The holding directory as open-holding names it, with the places of what the base point still holds. */
import { CoevalError } from "@coeval/core/errors";
import type { Holding } from "@coeval/core/ports/target";
import { type Instruction, instructionId, type Order } from "@coeval/core/protect/instruction";
import { type JournalEntry, readInstruction } from "@coeval/store/agent/journal";
import type { AgentDatabase } from "@coeval/store/agent/tables";

/** What open-holding names. */
export type OpenOrder = Extract<Order, { step: "open-holding" }>;

/**
 * The holding of an open-holding. A data set that has left the service since the base point must be removed from the live tree,
 * and only the base's own instruction says where it lies.
 */
export async function holdingOf(
  db: AgentDatabase,
  { service, run }: Pick<Instruction, "service" | "run">,
  order: OpenOrder,
): Promise<Holding> {
  const { directory, base } = order;
  const old = base ? (await readOpening(db, base.run))?.order : null;
  const gone =
    old?.directory === directory
      ? old.sets.filter(({ name }) => !order.sets.some((set) => set.name === name))
      : [];
  return { service, directory, run, sets: [...order.sets, ...gone], basePoint: base?.point ?? null };
}

/** The holding that the run opened here. @throws CoevalError `protocol` when it has not. */
export async function openedHolding(
  db: AgentDatabase,
  { service, run, order }: Pick<Instruction, "service" | "run" | "order">,
): Promise<Holding> {
  const opening = await readOpening(db, run);
  if (!opening?.outcome?.ok)
    throw new CoevalError("protocol", `${order.step} came before the holding directory was opened`);
  return holdingOf(db, { service, run }, opening.order);
}

/** A run's open-holding as it stands in the journal. */
export interface Opening {
  readonly order: OpenOrder;
  readonly outcome: JournalEntry["outcome"];
}

/** Null when the run has not been told to open anything. */
export async function readOpening(db: AgentDatabase, run: string): Promise<Opening | null> {
  const entry = await readInstruction(db, instructionId(run, "open-holding", "target"));
  const order = entry?.instruction.order;
  return entry && order?.step === "open-holding" ? { order, outcome: entry.outcome } : null;
}
