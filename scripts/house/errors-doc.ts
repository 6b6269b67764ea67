// Renders docs/ERRORS.md from the error catalogue, and reads the codes back out of it.
import { type CatalogueEntry, errors } from "@coeval/core/error-catalogue";

const RETRY = { now: "yes, at once", later: "yes, later", never: "no, until it is mended" } as const;

/** The whole document, codes in alphabetical order. */
export function errorsDocument(catalogue: Readonly<Record<string, CatalogueEntry>> = errors): string {
  const codes = Object.keys(catalogue).toSorted();
  const rows = codes.map((code) => row(code, catalogue[code]));
  return `${[...preamble, ...rows].join("\n")}\n`;
}

/** The codes a document explains, as it stands on disk. */
export function codesIn(document: string): string[] {
  return [...document.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map((match) => match[1] ?? "");
}

const preamble = [
  "# Errors",
  "",
  "Every failure coeval reports has one of these codes. They are stable: scripts may rely on them, and they are the",
  "`type` of the REST API's problem documents. Rendered from packages/core/src/errors.ts by",
  "`node scripts/house/write.ts`; a test keeps the two equal.",
  "",
  "| code | HTTP | meaning | try again? | what to do |",
  "|---|---|---|---|---|",
];

function row(code: string, entry: CatalogueEntry | undefined): string {
  if (entry === undefined) throw new Error(`${code} is not in the catalogue`);
  const cells = [`\`${code}\``, String(entry.status), entry.meaning, RETRY[entry.retry], entry.hint];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
