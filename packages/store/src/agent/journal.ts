/** The agent's journal: what was instructed, and what was answered. It is why an instruction takes effect at most once. */
import type { Instruction, Outcome } from "@coeval/core/protect/instruction";
import type { AgentDatabase } from "./tables.ts";

export interface JournalEntry {
  readonly instruction: Instruction;
  /** Null while it is open. */
  readonly outcome: Outcome | null;
  readonly note: unknown;
}

/** Writes an instruction down as open, with its tenure, before anything is done. One that stands already is left as it is. */
export async function openInstruction(db: AgentDatabase, instruction: Instruction): Promise<void> {
  const { service, role, epoch } = instruction;
  await db.transaction().execute(async (trx) => {
    await trx
      .insertInto("tenures")
      .values({ service, role, epoch })
      .onConflict((conflict) => conflict.column("service").doUpdateSet({ role, epoch }))
      .execute();
    await trx
      .insertInto("journal")
      .values({
        instruction: instruction.id,
        run: instruction.run,
        service,
        body: JSON.stringify(instruction),
      })
      .onConflict((conflict) => conflict.column("instruction").doNothing())
      .execute();
  });
}

/** Writes down an instruction that was refused, so that a repeat is refused alike; the tenure does not move. */
export async function refuseInstruction(
  db: AgentDatabase,
  instruction: Instruction,
  outcome: Outcome,
): Promise<void> {
  await db
    .insertInto("journal")
    .values({
      instruction: instruction.id,
      run: instruction.run,
      service: instruction.service,
      body: JSON.stringify(instruction),
      outcome: JSON.stringify(outcome),
    })
    .onConflict((conflict) => conflict.column("instruction").doNothing())
    .execute();
}

export async function readInstruction(db: AgentDatabase, id: string): Promise<JournalEntry | null> {
  const row = await db.selectFrom("journal").selectAll().where("instruction", "=", id).executeTakeFirst();
  return row ? entryOf(row) : null;
}

/** The instructions of a run, or all that are open. */
export async function listInstructions(
  db: AgentDatabase,
  which: { run: string } | "open",
): Promise<JournalEntry[]> {
  const all = db.selectFrom("journal").selectAll();
  const rows = await (which === "open"
    ? all.where("outcome", "is", null)
    : all.where("run", "=", which.run)
  ).execute();
  return rows.map(entryOf);
}

/** The answer, once: one that stands is never overwritten. */
export async function answerInstruction(db: AgentDatabase, id: string, outcome: Outcome): Promise<void> {
  await db
    .updateTable("journal")
    .set({ outcome: JSON.stringify(outcome) })
    .where("instruction", "=", id)
    .where("outcome", "is", null)
    .execute();
}

/** What the step must know after a crash. */
export async function noteInstruction(db: AgentDatabase, id: string, note: unknown): Promise<void> {
  await db
    .updateTable("journal")
    .set({ note: JSON.stringify(note) })
    .where("instruction", "=", id)
    .execute();
}

function entryOf(row: { body: string; outcome: string | null; note: string | null }): JournalEntry {
  return {
    instruction: JSON.parse(row.body) as Instruction,
    outcome: row.outcome === null ? null : (JSON.parse(row.outcome) as Outcome),
    note: row.note === null ? null : (JSON.parse(row.note) as unknown),
  };
}
