/** `alerts.yaml` of a control device's data folder: read with positions, so that a wrong place is told by line and column. */
import { type AlertsDocument, alertsDocument } from "@coeval/contract/api/alerts-document";
import { LineCounter, parseDocument } from "yaml";
import { CliError } from "./failure.ts";
import { offsetOf } from "./yaml-place.ts";

export const ALERTS_FILE = "alerts.yaml";

export interface PlacedAlerts {
  readonly document: AlertsDocument;
  /** Ends the start: what the place says is wrong. @throws CliError with file:line:column. */
  fail(path: readonly (string | number)[], why: string): never;
}

/** @throws CliError with file:line:column of the first wrong place. */
export function parseAlerts(text: string): PlacedAlerts {
  const lines = new LineCounter();
  const yaml = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const failAt = (offset: number, why: string): never => {
    const { line, col } = lines.linePos(offset);
    throw new CliError(`${ALERTS_FILE}:${Math.max(line, 1)}:${Math.max(col, 1)}: ${why}`, {
      hint: "docs/runbooks/alerts.md shows the form",
    });
  };
  const fail = (path: readonly (string | number)[], why: string): never =>
    failAt(offsetOf(yaml, path, "value"), `${path.join(".")}: ${why}`);
  const [broken] = [...yaml.errors, ...yaml.warnings];
  if (broken) failAt(broken.pos[0], broken.message.split("\n")[0] ?? "");
  const parsed = alertsDocument.safeParse(yaml.toJS({ maxAliasCount: 0 }) ?? {});
  if (parsed.success) return { document: parsed.data, fail };
  const [issue] = parsed.error.issues;
  return fail((issue?.path ?? []) as (string | number)[], issue?.message ?? "is wrong");
}
