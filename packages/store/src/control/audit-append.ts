import { canonical, type Json } from "@coeval/core/model/canonical";
import type { Hash } from "@coeval/core/ports/hash";
import type { ControlTables, ControlWrites } from "./tables.ts";

/** What the first row's hash covers in place of a row before. */
export const AUDIT_START = "0".repeat(64);

export interface AuditEntry {
  readonly at: number;
  readonly who: string;
  readonly what: string;
  readonly object: string;
  readonly details: Json;
}

/** Appends an audit row to the chain, in the transaction of the effect that it tells of. */
export async function auditAppend(trx: ControlWrites, hash: Hash, entry: AuditEntry): Promise<void> {
  const last = await trx
    .selectFrom("audit")
    .select(["sequence", "sha256"])
    .orderBy("sequence", "desc")
    .limit(1)
    .executeTakeFirst();
  const row = {
    ...entry,
    sequence: (last?.sequence ?? 0) + 1,
    details: canonical(entry.details),
    previousSha256: last?.sha256 ?? AUDIT_START,
  };
  await trx
    .insertInto("audit")
    .values({ ...row, sha256: auditSha256(hash, row) })
    .execute();
}

/** The hash of a row: of its canonical JSON without `sha256`. */
export function auditSha256(hash: Hash, row: Omit<ControlTables["audit"], "sha256">): string {
  const { sequence, at, who, what, object, details, previousSha256 } = row;
  const covered = canonical({ sequence, at, who, what, object, details, previousSha256 });
  return hash.sha256().update(covered).hex();
}
