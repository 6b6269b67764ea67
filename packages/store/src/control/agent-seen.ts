import type { ControlWrites } from "./tables.ts";

/** Notes when an agent was last heard. */
export async function agentSeen(trx: ControlWrites, fingerprint: string, at: number): Promise<void> {
  await trx.updateTable("agents").set({ lastSeenAt: at }).where("fingerprint", "=", fingerprint).execute();
}
