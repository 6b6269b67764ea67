import type { ControlWrites } from "./tables.ts";

/** Keeps an enrolment's secret, hashed. Those that expired before are forgotten: they can never be used. */
export async function enrolmentAdd(
  trx: ControlWrites,
  enrolment: { id: string; secretSha256: string; cluster: string; agent: string; expiresAt: number },
  now: number,
): Promise<void> {
  await trx.deleteFrom("enrolments").where("expiresAt", "<=", now).execute();
  await trx
    .insertInto("enrolments")
    .values({ ...enrolment, usedAt: null })
    .execute();
}
