/** What lies in the target's staging, whole and hashed, and how far the switch is. */
import type { AgentDatabase } from "./tables.ts";

export interface StagedFile {
  readonly number: number;
  readonly sha256: string;
  readonly bytes: number;
}

/** `forward`: steps are being performed · `back`: being undone · `undone` · `committed`: proven equal, only forward from here. */
export type SwitchState = "forward" | "back" | "undone" | "committed";

/** All or none of them, with one commit. */
export async function stageFiles(
  db: AgentDatabase,
  run: string,
  files: readonly StagedFile[],
): Promise<void> {
  await db
    .insertInto("staged")
    .values(files.map(({ number, sha256, bytes }) => ({ run, number, sha256, bytes })))
    .onConflict((conflict) =>
      conflict
        .columns(["run", "number"])
        .doUpdateSet(({ ref }) => ({ sha256: ref("excluded.sha256"), bytes: ref("excluded.bytes") })),
    )
    .execute();
}

/** Whether anything of the run is. */
export async function hasStaged(db: AgentDatabase, run: string): Promise<boolean> {
  const row = await db
    .selectFrom("staged")
    .select("number")
    .where("run", "=", run)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
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
