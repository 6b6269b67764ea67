/** What accepting something changes in production, told before it is done. */
import type { FindingResource } from "@coeval/contract/api/finding";
import { printable } from "./failure.ts";
import type { Io, Output } from "./io.ts";
import { style } from "./style.ts";

const SIGNS = { blocks: "✘ refused", warns: "! warning", tells: "· note" } as const;
const STYLES = { blocks: "red", warns: "yellow", tells: "dim" } as const;
const ORDER = ["blocks", "warns", "tells"] as const;

/** Writes findings, the worst first, each with the command that mends it. */
export function tellFindings(io: Io, output: Output, findings: readonly FindingResource[]): void {
  for (const level of ORDER)
    for (const finding of findings.filter((one) => one.level === level)) {
      const place = finding.set === null ? finding.cluster : `${finding.cluster}, ${finding.set}`;
      const sign = style(io, STYLES[level], SIGNS[level], output);
      output.write(`  ${sign}  ${printable(`${place}: ${finding.text}`)}\n`);
      if (finding.command !== undefined) output.write(`      ${printable(finding.command)}\n`);
    }
}
