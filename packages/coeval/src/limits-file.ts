/** The agent's own limits, read from `limits.yaml` in its data folder: written by its administrator, never by us after the first start. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Limits } from "@coeval/agent/limits";
import { CoevalError } from "@coeval/core/errors";
import { checkPath } from "@coeval/core/model/path";
import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";

const FILE = "limits.yaml";
const BYTES_MAX = 256 * 1024;

const schema = z.strictObject({
  read: z.array(z.string()).max(1000),
  write: z.array(z.string()).max(1000),
});

export interface FirstLimits {
  readonly read: readonly string[];
  readonly write: readonly string[];
}

/**
 * The limits in force. Without a file, `first` is written into one; an agent without either does not start, since no limit is no default.
 * @throws CoevalError `bad-input` with file:line:column.
 */
export function readLimits(dataFolder: string, first: FirstLimits): Limits {
  const path = join(dataFolder, FILE);
  if (!existsSync(path)) {
    if (first.read.length + first.write.length === 0) {
      throw new CoevalError(
        "bad-input",
        `${FILE} is missing: say at the first start what the agent may do, with --allow-read and --allow-write`,
      );
    }
    writeFileSync(path, render(first), { mode: 0o600 });
  }
  const text = readFileSync(path, "utf8");
  if (text.length > BYTES_MAX)
    throw new CoevalError("too-large", `${FILE}: ${text.length} bytes; ${BYTES_MAX} at most`);
  return parse(text);
}

function parse(text: string): Limits {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const place = (offset: number | undefined): string => {
    const { line, col } = lines.linePos(offset ?? 0);
    return `${FILE}:${line}:${col}`;
  };
  const [broken] = document.errors;
  if (broken) throw new CoevalError("bad-input", `${place(broken.pos[0])}: ${broken.message.split("\n")[0]}`);
  const parsed = schema.safeParse(document.toJS({ maxAliasCount: 0 }));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const node = document.getIn(issue?.path as (string | number)[], true) as { range?: [number] } | undefined;
    throw new CoevalError(
      "bad-input",
      `${place(node?.range?.[0])}: ${issue?.path.join(".")}: ${issue?.message}`,
    );
  }
  const paths = (list: readonly string[], key: string): string[] =>
    list.map((path, index) => (path === "/" ? path : checkPath(path, `${FILE}: ${key}[${index}]`)));
  return { readPrefixes: paths(parsed.data.read, "read"), writePrefixes: paths(parsed.data.write, "write") };
}

function render(first: FirstLimits): string {
  const list = (paths: readonly string[]): string =>
    `[${paths.map((path) => JSON.stringify(path)).join(", ")}]`;
  return `# What this agent may do on its cluster, whoever instructs it. The control device cannot change it; a restart reads it anew.
# read: data sets below these may be snapshotted and read. write: holding directories may lie below these.
read: ${list(first.read)}
write: ${list(first.write)}
`;
}
