/** Prints data on stdout as a table, JSON, YAML or bare names. */
import { stringify } from "yaml";
import { printable } from "./failure.ts";
import type { Io } from "./io.ts";
import { style } from "./style.ts";

export const FORMATS = ["table", "json", "yaml", "name"] as const;
export type Format = (typeof FORMATS)[number];

/** How a kind of thing is shown. */
export interface View<Item> {
  /** Title → cell. */
  readonly columns: Readonly<Record<string, (item: Item) => string>>;
  /** What to do where there is nothing yet; told on stderr. */
  readonly empty?: string;
  /** What `-o name` prints: `service/sales`. */
  readonly name: (item: Item) => string;
}

/** Prints a list: `value` is the whole answer, for JSON and YAML. */
export function printList<Item>(
  io: Io,
  format: Format,
  view: View<Item>,
  items: readonly Item[],
  value: unknown = { items },
): void {
  if (format === "name") for (const item of items) io.stdout.write(`${view.name(item)}\n`);
  else if (format !== "table") printValue(io, format, value);
  else if (items.length > 0) io.stdout.write(table(io, view, items));
  else io.stderr.write(`there is none yet${view.empty === undefined ? "" : `: ${view.empty}`}\n`);
}

/** Prints one thing; as a table it is a list of its fields. */
export function printOne<Item>(io: Io, format: Format, view: View<Item>, item: Item): void {
  if (format === "name") io.stdout.write(`${view.name(item)}\n`);
  else if (format === "table") io.stdout.write(fields(io, view, item));
  else printValue(io, format, item);
}

export function printValue(io: Io, format: Format, value: unknown): void {
  io.stdout.write(
    format === "yaml" ? stringify(value, { lineWidth: 0 }) : `${JSON.stringify(value, null, 2)}\n`,
  );
}

function table<Item>(io: Io, view: View<Item>, items: readonly Item[]): string {
  const titles = Object.keys(view.columns);
  const rows = items.map((item) => Object.values(view.columns).map((cell) => oneLine(cell(item))));
  const widths = titles.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `${cells
      .map((cell, at) => (at === cells.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
      .join("  ")
      .trimEnd()}\n`;
  return style(io, "bold", line(titles).trimEnd()) + "\n" + rows.map(line).join("");
}

/** What is not known, or does not apply, is left out. */
function fields<Item>(io: Io, view: View<Item>, item: Item): string {
  const cells = Object.entries(view.columns).map(([title, cell]) => [title, cell(item)] as const);
  const known = cells.filter(([, text]) => text !== "");
  const width = Math.max(...known.map(([title]) => title.length));
  return known
    .map(([title, text]) => `${style(io, "bold", title.padEnd(width))}  ${printable(text)}\n`)
    .join("");
}

function oneLine(text: string): string {
  return printable(text).replaceAll("\n", " ");
}
