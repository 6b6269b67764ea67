/** A service as stored. */
import type { Service } from "@coeval/core/model/service";
import type { Selectable } from "kysely";
import type { ControlTables } from "./tables.ts";

export interface StoredService {
  readonly service: Service;
  readonly version: number;
  readonly epoch: number;
  readonly deletedAt: number | null;
}

export function serviceOf(row: Selectable<ControlTables["services"]>): StoredService {
  const { version, epoch, deletedAt } = row;
  return { service: JSON.parse(row.definition) as Service, version, epoch, deletedAt };
}
