/** A run's log in pages, oldest first. */
import type { ControlQueries } from "./tables.ts";

export interface StoredLogLine {
  readonly sequence: number;
  readonly at: number;
  readonly text: string;
}

/** Lines of a run after `sequence`, oldest first. */
export async function runLogList(
  db: ControlQueries,
  run: string,
  sequence: number,
  limit: number,
): Promise<StoredLogLine[]> {
  return await db
    .selectFrom("runLogs")
    .select(["sequence", "at", "text"])
    .where("run", "=", run)
    .where("sequence", ">", sequence)
    .orderBy("sequence")
    .limit(limit)
    .execute();
}
