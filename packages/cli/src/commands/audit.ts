/** `audit list|export|verify`. */
import { auditPage, type AuditRow, auditVerdict } from "@coeval/contract/api/audit";
import type { Command } from "commander";
import { addCommand, type Context, say } from "../context.ts";
import { exit } from "../exit.ts";
import { printable } from "../failure.ts";
import { limitOption, moreHint } from "../limit.ts";
import { printList, printValue, type View } from "../output.ts";
import { gather } from "../pages.ts";

export function addAudit(program: Command, context: Context): void {
  const audit = program.command("audit").description("who did what");
  const { io } = context;
  addCommand<{ limit: number }>(
    context,
    audit,
    { usage: "list", about: "the newest rows first", with: limitOption },
    async (_names, options) => {
      const { items, more } = await gather(await context.client(), "/api/v1/audit", auditPage, options.limit);
      printList(io, options.output, view, items);
      moreHint(io, options, more);
      return exit.ok;
    },
  );
  addCommand(
    context,
    audit,
    { usage: "export", about: "every row, oldest first, one JSON a line" },
    async () => {
      const decoder = new TextDecoder();
      for await (const chunk of await (await context.client()).stream("/api/v1/audit/export"))
        io.stdout.write(decoder.decode(chunk, { stream: true }));
      return exit.ok;
    },
  );
  addCommand(
    context,
    audit,
    { usage: "verify", about: "prove that no row was cut, edited or moved" },
    async (_names, options) => {
      const verdict = await (await context.client()).call("POST", "/api/v1/audit/verify", auditVerdict);
      if (options.output === "json" || options.output === "yaml") printValue(io, options.output, verdict);
      else
        io.stdout.write(
          `${verdict.rows} rows, ${verdict.ok ? "whole" : "BROKEN"}${verdict.head ? `, head ${verdict.head}` : ""}\n`,
        );
      if (verdict.why !== null) io.stderr.write(`  ✘ ${printable(verdict.why)}\n`);
      if (verdict.ok) say(io, options, "keep the head elsewhere: rows cut from the end show against it");
      return verdict.ok ? exit.ok : exit.failed;
    },
  );
}

const view: View<AuditRow> = {
  columns: {
    "#": (row) => String(row.sequence),
    AT: (row) => row.at,
    WHO: (row) => row.who,
    WHAT: (row) => row.what,
    OBJECT: (row) => row.object,
  },
  name: (row) => `audit/${row.sequence}`,
};
