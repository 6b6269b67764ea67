/** A recovery point as stored. */
import type { Certificate } from "@coeval/core/model/certificate";
import type { RecoveryPoint } from "@coeval/core/model/recovery-point";
import type { Grade } from "@coeval/core/protect/snapshot";
import type { Selectable } from "kysely";
import type { ControlTables } from "./tables.ts";

export interface StoredPoint extends RecoveryPoint {
  /** The chain's order. */
  readonly number: number;
}

export function pointOf(row: Selectable<ControlTables["points"]>): StoredPoint {
  return {
    ...row,
    grade: JSON.parse(row.grade) as Grade,
    certificate: JSON.parse(row.certificate) as Certificate,
  };
}
