/** What became of a moment that a policy gave. */
import type { Failure } from "@coeval/core/errors";
import type { Selectable } from "kysely";
import type { ControlTables } from "./tables.ts";

export interface StoredMoment {
  readonly number: number;
  readonly service: string;
  readonly moment: number;
  readonly fate: "run" | "missed" | "paused";
  readonly run: string | null;
  readonly cause: Failure | null;
  /** How many further moments of this fate, after this one, are counted only. */
  readonly more: number;
  readonly at: number;
}

export function momentOf(row: Selectable<ControlTables["moments"]>): StoredMoment {
  const fate = row.fate as StoredMoment["fate"];
  return { ...row, fate, cause: row.cause === null ? null : (JSON.parse(row.cause) as Failure) };
}
