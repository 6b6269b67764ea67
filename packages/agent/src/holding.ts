/** The holding directory as open-holding names it, with the places of what the base point still holds. */
import { CoevalError } from "@coeval/core/errors";
import type { CertificateBody } from "@coeval/core/model/certificate";
import { relativeTo } from "@coeval/core/model/path";
import type { Holding } from "@coeval/core/ports/target";
import type { World } from "@coeval/core/ports/world";
import {
  type Base,
  type Instruction,
  instructionId,
  type Order,
  type SetPlace,
} from "@coeval/core/protect/instruction";
import { type JournalEntry, readInstruction } from "@coeval/store/agent/journal";
import type { AgentDatabase } from "@coeval/store/agent/tables";
import { readCertificate } from "./certificates.ts";
import type { Context } from "./context.ts";

/** What open-holding names. */
export type OpenOrder = Extract<Order, { step: "open-holding" }>;

/**
 * The holding of an open-holding. A data set that has left the service since the base point must be removed from the live tree,
 * and only the base's own instruction says where it lies.
 */
export async function holdingOf(
  { world, db }: Pick<Context, "world" | "db">,
  { service, run }: Pick<Instruction, "service" | "run">,
  order: OpenOrder,
): Promise<Holding> {
  const { directory, base } = order;
  const gone = base ? await goneSince(world, db, service, base, order) : [];
  return { service, directory, run, sets: [...order.sets, ...gone], basePoint: base?.point ?? null };
}

/** Another agent may have opened the base: then its certificate says where its sets lie. */
async function goneSince(
  world: World,
  db: AgentDatabase,
  service: string,
  base: Base,
  { directory, sets }: OpenOrder,
): Promise<readonly SetPlace[]> {
  const old = (await readOpening(db, base.run))?.order;
  if (old) return old.directory === directory ? without(old.sets, sets) : [];
  const certificate = await readCertificate(world, service, base.run);
  return certificate ? setsGone(certificate.body, directory, sets) : [];
}

/** Of a point's data sets in the directory, those that are not among the given ones. */
export function setsGone(
  body: CertificateBody,
  directory: string,
  sets: readonly SetPlace[],
): readonly SetPlace[] {
  if (body.secondary.directory !== directory) return [];
  const had = body.dataSets.map(({ name, target }) => ({ name, relative: relativeTo(target, directory) }));
  return without(had, sets);
}

function without(had: readonly SetPlace[], sets: readonly SetPlace[]): readonly SetPlace[] {
  return had.filter(({ name }) => !sets.some((set) => set.name === name));
}

/** The holding that the run opened here. @throws CoevalError `protocol` when it has not. */
export async function openedHolding(
  context: Pick<Context, "world" | "db">,
  { service, run, order }: Pick<Instruction, "service" | "run" | "order">,
): Promise<Holding> {
  const opening = await readOpening(context.db, run);
  if (!opening?.outcome?.ok)
    throw new CoevalError("protocol", `${order.step} came before the holding directory was opened`);
  return holdingOf(context, { service, run }, opening.order);
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
