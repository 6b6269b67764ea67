/** Runs: listed, looked at, cancelled. */
import { CoevalError } from "@coeval/core/errors";
import type { Instant } from "@coeval/core/model/instant";
import type { Run } from "@coeval/core/protect/run";
import { runGet } from "@coeval/store/control/run-get";
import { runList, type RunListRequest } from "@coeval/store/control/run-list";
import { runLogList } from "@coeval/store/control/run-log-list";
import type { StoredRun } from "@coeval/store/control/run-row";
import type { ControlQueries } from "@coeval/store/control/tables";
import { badCursor, type Call, cursorNumber, limitOf, type Page, type PageRequest } from "./call.ts";
import type { Runner } from "./runner.ts";
import type { Records } from "./records.ts";

export interface Runs {
  /** Newest first. */
  list(request: PageRequest & { readonly service?: string | undefined }): Promise<Page<RunRecord>>;
  /** With the newest progress. @throws CoevalError `not-found`. */
  get(id: string): Promise<RunRecord>;
  /** Oldest first. @throws CoevalError `not-found`. */
  logs(id: string, request: PageRequest): Promise<Page<RunLogLine>>;
  /** A run that is sealing, ending or over stays as it is. @throws CoevalError `not-found`. */
  cancel(call: Call, id: string): Promise<RunRecord>;
}

export interface RunRecord {
  readonly run: Run;
  readonly startedAt: Instant;
  /** Null while it goes on. */
  readonly endedAt: Instant | null;
}

export interface RunLogLine {
  readonly at: Instant;
  readonly text: string;
}

export function createRuns({
  db,
  records,
  runner,
}: {
  db: ControlQueries;
  records: Records;
  runner: Runner;
}): Runs {
  const current = ({ run, startedAt, endedAt }: StoredRun): RunRecord => ({
    run: runner.active(run.id) ?? run,
    startedAt,
    endedAt,
  });

  async function get(id: string): Promise<RunRecord> {
    const stored = await runGet(db, id);
    if (!stored) throw new CoevalError("not-found", `there is no run '${id}'`);
    return current(stored);
  }

  /** A cursor is the last run of the page before. */
  async function beforeOf(cursor: string | undefined): Promise<RunListRequest["before"]> {
    if (cursor === undefined) return undefined;
    const last = await runGet(db, cursor);
    if (!last) throw badCursor();
    return { startedAt: last.startedAt, id: last.run.id };
  }

  return {
    get,
    async list(request) {
      const limit = limitOf(request);
      const before = await beforeOf(request.cursor);
      const found = await runList(db, { service: request.service, before, limit });
      return {
        items: found.map(current),
        next: found.length === limit ? (found.at(-1)?.run.id ?? null) : null,
      };
    },
    async logs(id, request) {
      await get(id);
      const limit = limitOf(request);
      const lines = await runLogList(db, id, cursorNumber(request) ?? 0, limit);
      const last = lines.at(-1);
      const next = last && lines.length === limit ? String(last.sequence) : null;
      return { items: lines.map(({ at, text }) => ({ at, text })), next };
    },
    async cancel(call, id) {
      const before = await get(id);
      let told = false;
      await runner.feed(
        id,
        { kind: "cancel", by: call.who },
        {
          also: async (tx) => {
            told = true;
            await tx.audit(call.who, "run.cancel", `run/${id}`, { phase: before.run.phase });
            await call.within?.(tx, null);
          },
        },
      );
      // Over already: there is no effect to audit, but the caller's own writes still count.
      if (!told) await records.write(async (tx) => call.within?.(tx, null));
      return get(id);
    },
  };
}
