import type { ControlWrites } from "./tables.ts";

/** Forgets the points of a service, whose snapshots are gone; their ids. That they were stands in the audit log. */
export async function pointForget(trx: ControlWrites, service: string): Promise<string[]> {
  const rows = await trx.deleteFrom("points").where("service", "=", service).returning("id").execute();
  return rows.map(({ id }) => id);
}
