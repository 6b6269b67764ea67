/** What lies in the target's staging, whole and hashed, and how far the switch is. */
import type { AgentDatabase } from "./tables.ts";

export interface StagedFile {
  readonly number: number;
  readonly sha256: string;
  readonly bytes: number;
}

/** `forward`: steps are being performed · `back`: being undone · `undone` · `committed`: proven equal, only forward from here. */
export type SwitchState = "forward" | "back" | "undone" | "committed";

export async function stageFile(db: AgentDatabase, run: string, file: StagedFile): Promise<void> {
  const { number, sha256, bytes } = file;
  await db
    .insertInto("staged")
    .values({ run, number, sha256, bytes })
    .onConflict((conflict) => conflict.columns(["run", "number"]).doUpdateSet({ sha256, bytes }))
    .execute();
}

export async function readStaged(db: AgentDatabase, run: string, number: number): Promise<StagedFile | null> {
  const row = await db
    .selectFrom("staged")
    .selectAll()
    .where("run", "=", run)
    .where("number", "=", number)
    .executeTakeFirst();
  return row ? { number: row.number, sha256: row.sha256, bytes: row.bytes } : null;
}

export async function readSwitch(db: AgentDatabase, run: string): Promise<SwitchState | null> {
  const row = await db.selectFrom("switches").select("state").where("run", "=", run).executeTakeFirst();
  return (row?.state as SwitchState | undefined) ?? null;
}

export async function writeSwitch(db: AgentDatabase, run: string, state: SwitchState): Promise<void> {
  await db
    .insertInto("switches")
    .values({ run, state })
    .onConflict((conflict) => conflict.column("run").doUpdateSet({ state }))
    .execute();
}

/** Forgets what a run staged; its switch state stays. */
export async function forgetStaged(db: AgentDatabase, run: string): Promise<void> {
  await db.deleteFrom("staged").where("run", "=", run).execute();
}
