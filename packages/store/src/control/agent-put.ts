import type { ControlWrites } from "./tables.ts";

/** Keeps an enrolled key, or the newer certificate of one that is kept already. It does not bring back a revoked one. */
export async function agentPut(
  trx: ControlWrites,
  agent: { fingerprint: string; cluster: string; agent: string; certificate: string },
  now: number,
): Promise<void> {
  await trx
    .insertInto("agents")
    .values({ ...agent, enrolledAt: now, revokedAt: null, lastSeenAt: null })
    .onConflict((conflict) => conflict.column("fingerprint").doUpdateSet({ certificate: agent.certificate }))
    .execute();
}
