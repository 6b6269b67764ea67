/** The snapshots that this agent made on its cluster, in the order they were made: none is ever forgotten. */
import type { Prepared } from "@coeval/core/ports/source";
import type { AgentDatabase } from "./tables.ts";

/** `live`: of the running moment · `base`: of the last sealed point · `void`: waits until it is the oldest. */
export type SnapshotState = "live" | "base" | "void";

export interface OwnSnapshot {
  readonly sequence: number;
  readonly run: string;
  readonly service: string;
  readonly prepared: Prepared;
  readonly state: SnapshotState;
}

/** Written before the snapshots are taken, so that a crash between leaves no orphan. */
export async function intendSnapshot(
  db: AgentDatabase,
  run: string,
  service: string,
  prepared: Prepared,
): Promise<void> {
  await db
    .insertInto("snapshots")
    .values({ run, service, prepared: JSON.stringify(prepared), state: "live" } as never)
    .onConflict((conflict) => conflict.column("run").doNothing())
    .execute();
}

/** Of one service, oldest first. */
export async function listSnapshots(db: AgentDatabase, service: string): Promise<OwnSnapshot[]> {
  const rows = await db
    .selectFrom("snapshots")
    .selectAll()
    .where("service", "=", service)
    .orderBy("sequence")
    .execute();
  return rows.map((row) => ({
    ...row,
    prepared: JSON.parse(row.prepared) as Prepared,
    state: row.state as SnapshotState,
  }));
}

/** Writes a service's books anew, oldest first: as the cluster shows them. */
export async function replaceSnapshots(
  db: AgentDatabase,
  service: string,
  snapshots: readonly Omit<OwnSnapshot, "sequence" | "service">[],
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await trx.deleteFrom("snapshots").where("service", "=", service).execute();
    for (const { run, prepared, state } of snapshots)
      await trx
        .insertInto("snapshots")
        .values({ run, service, prepared: JSON.stringify(prepared), state } as never)
        .execute();
  });
}

export async function markSnapshot(db: AgentDatabase, run: string, state: SnapshotState): Promise<void> {
  await db.updateTable("snapshots").set({ state }).where("run", "=", run).execute();
}

/** After it was deleted on the cluster. */
export async function forgetSnapshot(db: AgentDatabase, run: string): Promise<void> {
  await db.deleteFrom("snapshots").where("run", "=", run).execute();
}

export async function countVoidSnapshots(db: AgentDatabase): Promise<number> {
  const row = await db
    .selectFrom("snapshots")
    .select((select) => select.fn.countAll<number>().as("count"))
    .where("state", "=", "void")
    .executeTakeFirstOrThrow();
  return Number(row.count);
}
