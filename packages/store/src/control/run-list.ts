/** Runs in pages, newest first. */
import { runOf, type StoredRun } from "./run-row.ts";
import type { ControlQueries } from "./tables.ts";

export interface RunListRequest {
  readonly service?: string | undefined;
  /** Only runs before this one in the list. */
  readonly before?: { readonly startedAt: number; readonly id: string } | undefined;
  readonly limit: number;
}

/** Runs, newest first. */
export async function runList(db: ControlQueries, request: RunListRequest): Promise<StoredRun[]> {
  const { service, before, limit } = request;
  let query = db.selectFrom("runs").selectAll();
  if (service !== undefined) query = query.where("service", "=", service);
  if (before !== undefined) {
    query = query.where((is) =>
      is.or([
        is("startedAt", "<", before.startedAt),
        is.and([is("startedAt", "=", before.startedAt), is("id", "<", before.id)]),
      ]),
    );
  }
  const rows = await query.orderBy("startedAt", "desc").orderBy("id", "desc").limit(limit).execute();
  return rows.map(runOf);
}
