/** Role and epoch of each service on this cluster. */
import type { Role, Tenure } from "@coeval/core/model/role";
import type { AgentDatabase } from "./tables.ts";

export async function listTenures(db: AgentDatabase): Promise<Tenure[]> {
  const rows = await db.selectFrom("tenures").selectAll().orderBy("service").execute();
  return rows.map((row) => ({ service: row.service, role: row.role as Role, epoch: row.epoch }));
}

export async function readTenure(db: AgentDatabase, service: string): Promise<Tenure | null> {
  const row = await db.selectFrom("tenures").selectAll().where("service", "=", service).executeTakeFirst();
  return row ? { service: row.service, role: row.role as Role, epoch: row.epoch } : null;
}
