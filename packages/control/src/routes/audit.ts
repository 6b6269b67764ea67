/** The audit log: read, exported whole, its chain proven. */
import { auditPage, auditQuery, type AuditRow, auditVerdict } from "@coeval/contract/api/audit";
import { textStream } from "@coeval/contract/api/call";
import { CoevalError } from "@coeval/core/errors";
import { formatInstant } from "@coeval/core/model/instant";
import { auditCheck } from "@coeval/store/control/audit-check";
import { type AuditRecord, listAudit, readAudit } from "@coeval/store/control/audit-list";
import type { ControlQueries } from "@coeval/store/control/tables";
import { requireScope } from "../auth/caller.ts";
import type { Api, ApiDeps } from "./deps.ts";
import { callerOf } from "./guard.ts";

const tags = ["audit"];
const EXPORT_ROWS = 500;

export function auditRoutes(api: Api, { control, world }: ApiDeps): void {
  const db = () => control.database.db;
  api.get(
    "/api/v1/audit",
    {
      schema: { tags, querystring: auditQuery, response: { 200: auditPage } },
      config: { access: "approver" },
    },
    async (request) => {
      requireScope(callerOf(request), "*", "/");
      const { cursor, limit } = request.query;
      const rows = await listAudit(db(), cursor === undefined ? null : beforeOf(cursor), limit + 1);
      const items = rows.slice(0, limit);
      return { items: items.map(showRow), next: rows.length > limit ? `${items.at(-1)?.sequence}` : null };
    },
  );
  api.get(
    "/api/v1/audit/export",
    {
      schema: {
        tags,
        description: "Every row, oldest first, one JSON a line",
        response: { 200: textStream },
      },
      config: { access: "approver" },
    },
    async (request, reply) => {
      requireScope(callerOf(request), "*", "/");
      return reply.header("content-type", "application/x-ndjson").send(linesOf(db()));
    },
  );
  api.post(
    "/api/v1/audit/verify",
    { schema: { tags, response: { 200: auditVerdict } }, config: { access: "approver" } },
    async (request) => {
      requireScope(callerOf(request), "*", "/");
      const { rows, headSha256, broken } = await auditCheck(db(), world.hash);
      return {
        ok: broken === null,
        rows,
        head: rows === 0 ? null : headSha256,
        brokenAt: broken?.sequence ?? null,
        why: broken === null ? null : `row ${broken.sequence} ${broken.why}`,
      };
    },
  );
}

/** The whole log as lines, read a page at a time while the client takes them. */
function linesOf(db: ControlQueries): ReadableStream<Uint8Array> {
  let after = 0;
  return new ReadableStream({
    async pull(sink) {
      const rows = await readAudit(db, after, EXPORT_ROWS);
      if (rows.length === 0) return sink.close();
      after = rows.at(-1)?.sequence ?? after;
      const text = rows.map((row) => `${JSON.stringify(showRow(row))}\n`).join("");
      return sink.enqueue(new TextEncoder().encode(text));
    },
  });
}

function showRow(row: AuditRecord): AuditRow {
  return { ...row, at: formatInstant(row.at), details: JSON.parse(row.details) as unknown };
}

function beforeOf(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw new CoevalError("bad-input", "this is no cursor of a page before", { pointer: "#query/cursor" });
}
