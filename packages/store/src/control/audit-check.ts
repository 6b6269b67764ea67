/** Proves the audit chain: a row that was cut out, edited or moved is found. Only the newest rows' loss needs their head kept elsewhere. */
import type { Hash } from "@coeval/core/ports/hash";
import { AUDIT_START, auditSha256 } from "./audit-append.ts";
import type { ControlQueries } from "./tables.ts";

const PAGE_ROWS = 1000;

export interface AuditChecked {
  readonly rows: number;
  /** Hash of the newest row: keep it elsewhere, and a log cut short is found too. */
  readonly headSha256: string;
  /** The first row that does not follow from the one before it, and why; null when all do. */
  readonly broken: { readonly sequence: number; readonly why: string } | null;
}

/** Reads the whole log in pages. @param head a head kept earlier: it must still be in the chain. */
export async function auditCheck(
  db: ControlQueries,
  hash: Hash,
  head: { readonly sequence: number; readonly sha256: string } | null = null,
): Promise<AuditChecked> {
  let rows = 0;
  let previous = AUDIT_START;
  const broken = (sequence: number, why: string): AuditChecked => ({
    rows,
    headSha256: previous,
    broken: { sequence, why },
  });
  for (;;) {
    const page = await db
      .selectFrom("audit")
      .selectAll()
      .where("sequence", ">", rows)
      .orderBy("sequence")
      .limit(PAGE_ROWS)
      .execute();
    for (const row of page) {
      if (row.sequence !== rows + 1) return broken(rows + 1, "is missing");
      if (row.previousSha256 !== previous) return broken(row.sequence, "does not follow the row before it");
      if (auditSha256(hash, row) !== row.sha256) return broken(row.sequence, "was edited");
      if (head?.sequence === row.sequence && head.sha256 !== row.sha256)
        return broken(row.sequence, "differs from the head that was kept");
      rows = row.sequence;
      previous = row.sha256;
    }
    if (page.length < PAGE_ROWS) break;
  }
  if (head && head.sequence > rows) return broken(rows + 1, "is missing: the log was cut short");
  return { rows, headSha256: previous, broken: null };
}
