/** Colour on a terminal that wants it. Never the only sign of anything. */
import type { Io, Output } from "./io.ts";

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;
export type Style = keyof typeof CODES;

/** `text` in a style, on a terminal without NO_COLOR; else as it is. */
export function style(io: Io, name: Style, text: string, output: Output = io.stdout): string {
  const wanted = output.isTerminal && !io.env["NO_COLOR"] && io.env["TERM"] !== "dumb";
  return wanted ? `\u001b[${CODES[name]}m${text}\u001b[0m` : text;
}
