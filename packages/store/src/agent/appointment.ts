/** Whether this agent acts for its cluster, in which term; stored before it acts on it. */
import type { Tenure } from "@coeval/core/model/role";
import { readSetting } from "./settings.ts";
import type { AgentDatabase } from "./tables.ts";

export interface Appointment {
  /** Rises with each change of a cluster's acting agent; a lower one is never heeded again. */
  readonly term: number;
  readonly acting: boolean;
  /** Others stand by: nothing is done unless the control device was heard within the lease. */
  readonly leased: boolean;
}

const SETTING = "appointment";

/** Null before the first. */
export async function readAppointment(db: AgentDatabase): Promise<Appointment | null> {
  const text = await readSetting(db, SETTING);
  return text === null ? null : (JSON.parse(text) as Appointment);
}

/** A run that did not come to its release here. */
export interface Unfinished {
  readonly run: string;
  readonly service: string;
}

/**
 * Stores an appointment with the tenures that come with it; a higher epoch that is known here stays.
 * In another term than before, somebody else has acted, or does: what was begun here is forgotten, as if another agent had begun it,
 * and the books of snapshots are closed: from then on the cluster itself tells what lies there.
 */
export async function writeAppointment(
  db: AgentDatabase,
  appointment: Appointment,
  tenures: readonly Tenure[],
): Promise<void> {
  const before = await readAppointment(db);
  const value = JSON.stringify(appointment);
  await db.transaction().execute(async (trx) => {
    await trx
      .insertInto("settings")
      .values({ key: SETTING, value })
      .onConflict((conflict) => conflict.column("key").doUpdateSet({ value }))
      .execute();
    for (const { service, role, epoch } of tenures)
      await trx
        .insertInto("tenures")
        .values({ service, role, epoch })
        .onConflict((conflict) =>
          conflict.column("service").doUpdateSet({ role, epoch }).where("tenures.epoch", "<", epoch),
        )
        .execute();
    if (before && before.term !== appointment.term) await forgetUnfinished(trx);
  });
}

/** What is forgotten in another term. */
export async function listUnfinished(db: AgentDatabase): Promise<Unfinished[]> {
  const released = db
    .selectFrom("journal")
    .select("run")
    .where("instruction", "like", "%/release/%")
    .where("outcome", "is not", null);
  return db
    .selectFrom("journal")
    .select(["run", "service"])
    .distinct()
    .where("run", "not in", released)
    .execute();
}

async function forgetUnfinished(trx: AgentDatabase): Promise<void> {
  for (const { run } of await listUnfinished(trx)) {
    await trx.deleteFrom("journal").where("run", "=", run).execute();
    await trx.deleteFrom("switches").where("run", "=", run).execute();
  }
  await trx.deleteFrom("staged").execute();
  await trx.deleteFrom("snapshots").execute();
}
