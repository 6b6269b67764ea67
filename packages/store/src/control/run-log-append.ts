import type { ControlWrites } from "./tables.ts";

/** Lines kept of one run; the oldest go. */
export const RUN_LOG_LINES_MAX = 2000;

/** Appends a line to a run's log. */
export async function runLogAppend(
  trx: ControlWrites,
  line: { run: string; at: number; text: string },
): Promise<void> {
  await trx.insertInto("runLogs").values(line).execute();
  const oldest = await trx
    .selectFrom("runLogs")
    .select("sequence")
    .where("run", "=", line.run)
    .orderBy("sequence", "desc")
    .offset(RUN_LOG_LINES_MAX)
    .limit(1)
    .executeTakeFirst();
  if (!oldest) return;
  await trx
    .deleteFrom("runLogs")
    .where("run", "=", line.run)
    .where("sequence", "<=", oldest.sequence)
    .execute();
}
