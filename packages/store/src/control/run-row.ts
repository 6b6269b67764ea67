/** A run as stored. */
import type { Run } from "@coeval/core/protect/run";
import type { Selectable } from "kysely";
import type { ControlTables } from "./tables.ts";

export interface StoredRun {
  readonly run: Run;
  readonly startedAt: number;
  /** Null while it goes on. */
  readonly endedAt: number | null;
}

export function runOf(row: Selectable<ControlTables["runs"]>): StoredRun {
  return { run: JSON.parse(row.state) as Run, startedAt: row.startedAt, endedAt: row.endedAt };
}
