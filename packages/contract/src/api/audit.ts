/** The audit log: every changing call and every instruction, chained by hashes. */
import { z } from "zod";
import { instantText, pageOf, sha256Text } from "./fields.ts";
import { named } from "./registry.ts";

/** One row. */
export const auditRow = named(
  "AuditRow",
  z.object({
    sequence: z.number().int().min(1),
    at: instantText,
    who: z.string(),
    what: z.string().describe("the call or instruction"),
    object: z.string().describe("the thing it was done to"),
    details: z.unknown(),
    previousSha256: z.string().describe("of the row before"),
    sha256: sha256Text.describe("of this row, the hash of the one before included"),
  }),
);
export type AuditRow = z.infer<typeof auditRow>;

/** Rows, newest first. */
export const auditPage = named("AuditPage", pageOf(auditRow));
/** Which rows to list. */
export { pageQueryOnly as auditQuery } from "./fields.ts";

/** Whether the chain is whole. */
export const auditVerdict = named(
  "AuditVerdict",
  z.object({
    ok: z.boolean(),
    rows: z.number().int(),
    head: z
      .string()
      .nullable()
      .describe("hash of the newest row; note it elsewhere: a cut end shows against it"),
    brokenAt: z.number().int().nullable().describe("sequence of the first row that does not fit"),
    why: z.string().nullable(),
  }),
);
export type AuditVerdict = z.infer<typeof auditVerdict>;
