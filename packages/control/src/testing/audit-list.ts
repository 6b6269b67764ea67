/** The audit log of a fake control device, oldest first. */
import { type AuditRecord, readAudit } from "@coeval/store/control/audit-list";
import type { FakeControl } from "./fake-control.ts";

export async function auditList({ control }: FakeControl): Promise<AuditRecord[]> {
  return readAudit(control.database.db, 0, 10_000);
}
