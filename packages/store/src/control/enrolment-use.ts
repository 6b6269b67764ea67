import type { ControlWrites } from "./tables.ts";

/** Spends an enrolment. False when it was spent before or has expired: then nothing may follow from it. */
export async function enrolmentUse(trx: ControlWrites, id: string, now: number): Promise<boolean> {
  const rows = await trx
    .updateTable("enrolments")
    .set({ usedAt: now })
    .where("id", "=", id)
    .where("usedAt", "is", null)
    .where("expiresAt", ">", now)
    .returning("id")
    .execute();
  return rows.length === 1;
}
