/** What an agent tells of one instruction for the run's log: kept until a report or the answer takes it along. */
import { byteText } from "@coeval/core/model/byte-text";
import type { ManifestSummary, MovedSummary } from "@coeval/core/model/certificate";
import { INSTRUCTION_LINES_MAX, lineText, type RunLine } from "@coeval/core/model/run-line";
import type { Clock, SharedClock } from "@coeval/core/ports/clock";

/** Hex digits of a digest that are enough to compare by eye. */
const SHA256_SHOWN = 12;

export interface RunLines {
  tell(text: string): void;
  /** What was told and not taken yet. */
  readonly pending: readonly RunLine[];
  /** They were said: they are not pending any more. */
  taken(lines: readonly RunLine[]): void;
  /** What is pending at the end, and how much was left out. */
  last(): readonly RunLine[];
}

/** `1 root`, `3 roots`. */
export function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** What a transfer moves, in words. */
export function movedText({ files, bytes, changes, deletions }: MovedSummary): string {
  const gone = deletions === 0 ? "" : `, ${deletions} of them deletions`;
  return `${countOf(changes, "change")}${gone}; ${countOf(files, "file")} of ${byteText(bytes)} to move`;
}

/** What a point holds, in words. */
export function manifestText({ sha256, files, directories, bytes }: ManifestSummary): string {
  const content = `${countOf(files, "file")} of ${byteText(bytes)}`;
  return `${sha256.slice(0, SHA256_SHOWN)}… of ${content} in ${directories} director${directories === 1 ? "y" : "ies"}`;
}

/** Of attempts that go on and on, which ones are told: 1, 2, 4, 8, … */
export function isTold(attempt: number): boolean {
  return Number.isInteger(Math.log2(attempt));
}

export function createRunLines(clock: Clock, shared: SharedClock): RunLines {
  let pending: readonly RunLine[] = [];
  let told = 0;
  const line = (text: string): RunLine => {
    const reading = shared.reading();
    return { at: reading && clock.elapsedMs() + reading.offsetMs, text: lineText(text) };
  };
  return {
    tell(text) {
      // One is kept for the number of those that are left out.
      if (++told < INSTRUCTION_LINES_MAX) pending = [...pending, line(text)];
    },
    get pending() {
      return pending;
    },
    taken(lines) {
      pending = pending.filter((one) => !lines.includes(one));
    },
    last() {
      const over = told - INSTRUCTION_LINES_MAX + 1;
      return over <= 0 ? pending : [...pending, line(`${over} further lines are left out`)];
    },
  };
}
