/** A line of a run's log as an agent tells it: bounded, on one line, and without a sign that a terminal would obey. */
import type { Instant } from "./instant.ts";

/** Lines that an agent tells of one instruction; what it would tell beyond is counted. */
export const INSTRUCTION_LINES_MAX = 40;
/** UTF-16 units of a line. */
export const LINE_LENGTH_MAX = 500;

/** What an agent did, found or waits for. Names and figures; never a secret, never what a file holds. */
export interface RunLine {
  /** By the shared clock; null while the agent has not measured it. */
  readonly at: Instant | null;
  /** As `lineText` makes it. */
  readonly text: string;
}

const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Text as a line may hold it: whatever does not print is `\uFFFD`, what is too long is cut. */
export function lineText(text: string): string {
  const cut = text.length <= LINE_LENGTH_MAX ? text : `${text.slice(0, LINE_LENGTH_MAX - 1)}…`;
  return cut.replace(UNSAFE, "\uFFFD");
}

/** Whether a text is one that `lineText` could have made. */
export function isLineText(text: string): boolean {
  return text !== "" && text === lineText(text);
}
