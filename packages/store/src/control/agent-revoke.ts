import type { ControlWrites } from "./tables.ts";

/**
 * Revokes keys of a cluster: of one agent, or all but one fingerprint.
 * @returns the fingerprints revoked now.
 */
export async function agentRevoke(
  trx: ControlWrites,
  which: { readonly cluster: string; readonly agent?: string; readonly but?: string },
  now: number,
): Promise<string[]> {
  let query = trx
    .updateTable("agents")
    .set({ revokedAt: now })
    .where("cluster", "=", which.cluster)
    .where("revokedAt", "is", null);
  if (which.agent !== undefined) query = query.where("agent", "=", which.agent);
  if (which.but !== undefined) query = query.where("fingerprint", "!=", which.but);
  const rows = await query.returning("fingerprint").execute();
  return rows.map((row) => row.fingerprint);
}
