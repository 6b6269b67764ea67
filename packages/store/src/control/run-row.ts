/** A run as stored. */
import type { Command, Run } from "@coeval/core/protect/run";
import type { Selectable } from "kysely";
import type { ControlTables } from "./tables.ts";

export interface StoredRun {
  readonly run: Run;
  /** What is waited for at most; null when nothing is. */
  readonly deadline: RunDeadline | null;
  readonly startedAt: number;
  /** Null while it goes on. */
  readonly endedAt: number | null;
}

export type RunDeadline = Extract<Command, { kind: "deadline" | "deadline-at" }>;

export function runOf(row: Selectable<ControlTables["runs"]>): StoredRun {
  return {
    run: JSON.parse(row.state) as Run,
    deadline: row.deadline === null ? null : (JSON.parse(row.deadline) as RunDeadline),
    startedAt: row.startedAt,
    endedAt: row.endedAt,
  };
}
