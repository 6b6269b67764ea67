/** Reads the audit log in pages, either way. Appending and the hashes are the audit's own. */
import type { ControlQueries, ControlTables } from "./tables.ts";

export type AuditRecord = ControlTables["audit"];

/** Newest first: rows with a sequence below `before`, or the newest when it is null. */
export async function listAudit(
  db: ControlQueries,
  before: number | null,
  limit: number,
): Promise<AuditRecord[]> {
  let query = db.selectFrom("audit").selectAll().orderBy("sequence", "desc").limit(limit);
  if (before !== null) query = query.where("sequence", "<", before);
  return query.execute();
}

/** Oldest first: rows with a sequence above `after`. */
export async function readAudit(db: ControlQueries, after: number, limit: number): Promise<AuditRecord[]> {
  return db
    .selectFrom("audit")
    .selectAll()
    .where("sequence", ">", after)
    .orderBy("sequence")
    .limit(limit)
    .execute();
}
