/** `limits.yaml` of an agent's data folder: read with positions, written at the first start. */
import { type LimitsDocument, limitsDocument } from "@coeval/contract/api/limits-document";
import { LineCounter, parseDocument } from "yaml";
import { CliError } from "./failure.ts";
import { offsetOf } from "./yaml-place.ts";

export const LIMITS_FILE = "limits.yaml";

/** @throws CliError with file:line:column of the first wrong place. */
export function parseLimits(text: string): LimitsDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const fail = (offset: number, why: string): never => {
    const { line, col } = lines.linePos(offset);
    throw new CliError(`${LIMITS_FILE}:${Math.max(line, 1)}:${Math.max(col, 1)}: ${why}`, {
      hint: "`read` and `write` list directories; [] allows nothing",
    });
  };
  const [broken] = [...document.errors, ...document.warnings];
  if (broken) fail(broken.pos[0], broken.message.split("\n")[0] ?? "");
  const parsed = limitsDocument.safeParse(document.toJS({ maxAliasCount: 0 }));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = (issue?.path ?? []) as (string | number)[];
  return fail(offsetOf(document, path, "value"), `${path.join(".")}: ${issue?.message}`);
}

/** The text of a first `limits.yaml`. */
export function renderLimits(limits: LimitsDocument): string {
  const list = (paths: readonly string[]): string =>
    `[${paths.map((path) => JSON.stringify(path)).join(", ")}]`;
  return `# What this agent may do on its cluster, whoever instructs it. The control device cannot change it; a restart reads it anew.
# read: data sets below these may be snapshotted and read. write: holding directories may lie below these.
# bandwidth: what all its transfers together may take, as 50MB/s. transfers: how many move data at a time, 8 without it.
# keep: { points: 3, age: 7d } keeps so many sealed points of each service, and each point until it is so old, whoever asks to delete them.
read: ${list(limits.read)}
write: ${list(limits.write)}
`;
}
