import type { Instruction } from "@coeval/core/protect/instruction";
import type { ControlQueries } from "./tables.ts";

/** Instructions of removals that are not answered, in the order in which they were given: of one service, or all. */
export async function removalOpen(db: ControlQueries, service?: string): Promise<Instruction[]> {
  let query = db.selectFrom("removals").select("body").where("state", "=", "open");
  if (service !== undefined) query = query.where("service", "=", service);
  const rows = await query.orderBy("number").execute();
  return rows.map((row) => JSON.parse(row.body) as Instruction);
}
