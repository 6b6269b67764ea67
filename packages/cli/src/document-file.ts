/** Documents in YAML files: read with positions, so that what is wrong is told as file:line:column. */
import { type AnyDocument, readDocument } from "@coeval/contract/api/document";
import { BODY_BYTES_MAX } from "@coeval/contract/api/fields";
import { pathOf, readablePath } from "@coeval/contract/api/pointer";
import { type Document, LineCounter, parseAllDocuments, type YAMLError } from "yaml";
import { exit } from "./exit.ts";
import { CliError } from "./failure.ts";
import type { Io } from "./io.ts";
import { offsetOf } from "./yaml-place.ts";

/** A document and where it stands. */
export interface PlacedDocument {
  readonly document: AnyDocument;
  /** `services.yaml:12:9` of a JSON pointer into the document. */
  readonly place: (pointer: string) => string;
}

type Path = readonly (string | number)[];
const ALIASES_MAX = 100;

/** All documents of the files, in order. @throws CliError with every wrong place of all of them. */
export async function readDocuments(io: Io, files: readonly string[]): Promise<PlacedDocument[]> {
  const wrong: string[] = [];
  const found: PlacedDocument[] = [];
  for (const file of files) {
    const { documents, wrong: here } = parseFile(shownName(file), await readFile(io, file));
    found.push(...documents);
    wrong.push(...here);
  }
  if (wrong.length > 0)
    throw new CliError(wrong[0] ?? "", {
      exitCode: exit.usage,
      details: wrong.slice(1),
      hint: "nothing was sent; correct the places named",
    });
  if (found.length === 0) throw new CliError(`${files.join(", ")}: no document`, { exitCode: exit.usage });
  return found;
}

function parseFile(file: string, text: string): { documents: PlacedDocument[]; wrong: string[] } {
  const lines = new LineCounter();
  const placed: PlacedDocument[] = [];
  const wrong: string[] = [];
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  const control = /(?![\t\n\r\u0085])\p{Cc}/u.exec(text);
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: true,
  });
  if (control)
    return { documents: [], wrong: [`${at(control.index)}: a control character, which YAML does not allow`] };
  for (const one of parsed) {
    const faults = [...one.errors, ...one.warnings];
    for (const fault of faults) wrong.push(`${at(fault.pos[0])}: ${faultText(fault, text)}`);
    if (faults.length > 0 || one.contents === null) continue;
    const place = (path: Path, isKey?: boolean) => at(offsetOf(one, path, isKey ? "key" : "value"));
    const value = plain(one);
    if (value instanceof Error) {
      wrong.push(`${place([])}: ${firstLine(value.message)}`);
      continue;
    }
    const read = readDocument(value);
    if (read.ok) placed.push({ document: read.document, place: (pointer) => place(pathOf(pointer)) });
    else
      for (const { path, detail, isKey } of read.wrong)
        wrong.push(`${place(path, isKey)}: ${path.length === 0 ? "" : `${readablePath(path)}: `}${detail}`);
  }
  return { documents: placed, wrong };
}

/** The value, or the refusal of too many aliases. */
function plain(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIASES_MAX }) as unknown;
  } catch (cause) {
    return cause instanceof Error ? cause : new Error(String(cause));
  }
}

async function readFile(io: Io, file: string): Promise<string> {
  let content: Uint8Array;
  try {
    content = await io.read(file);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliError(`${file} cannot be read: ${why}`, { exitCode: exit.usage, cause });
  }
  if (content.length > BODY_BYTES_MAX)
    throw new CliError(`${file} is larger than ${BODY_BYTES_MAX / 1024 / 1024} MiB`, {
      exitCode: exit.usage,
    });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch (cause) {
    throw new CliError(`${file} is not UTF-8`, { exitCode: exit.usage, cause });
  }
}

function shownName(file: string): string {
  return file === "-" ? "stdin" : file;
}

/** The parser's own words, but of a key that occurs twice, which it does not name. */
function faultText(fault: YAMLError, text: string): string {
  if (fault.code !== "DUPLICATE_KEY") return firstLine(fault.message);
  const key = /^[^:\s]+/.exec(text.slice(fault.pos[0]))?.[0] ?? "";
  return `the key ${key} occurs twice; keep one of them`;
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? text;
}
