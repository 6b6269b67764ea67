/** A service as stored. */
import { policyDefaults } from "@coeval/core/model/policy";
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
  const stored = JSON.parse(row.definition) as Service;
  // One that was stored before policies had moments, or filters, says nothing of them.
  const { policy } = stored;
  const filters = { ...policyDefaults.filters, ...policy.filters };
  const service: Service = { ...stored, policy: { ...policyDefaults, ...policy, filters } };
  return { service, version, epoch, deletedAt };
}
