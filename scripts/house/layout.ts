// How long files may be, how they may be named, and that each begins by saying its purpose.
import { basename } from "node:path/posix";

export const LINES_MAX = 400;
export const MEDIAN_LINES_MAX = 99;

const NAMES_WITHOUT_MEANING = /^(utils?|helpers?|types?|managers?|common|misc|shared|index)$/;

export function linesIn(text: string): number {
  return text.replace(/\n$/, "").split("\n").length;
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** A test's name says its purpose. */
const IS_TEST = /\.test\.ts$/;

/** What is wrong with a source file's name, length and first lines. */
export function layoutProblems(file: string, text: string): string[] {
  const lines = linesIn(text);
  const stem = basename(file).replace(/\..*$/, "");
  return [
    ...(lines > LINES_MAX ? [`${file} has ${lines} lines, more than ${LINES_MAX}: one concept a file`] : []),
    ...(NAMES_WITHOUT_MEANING.test(stem) ? [`${file}: "${stem}" is no noun or verb of the glossary`] : []),
    ...(IS_TEST.test(file) || saysPurpose(text) ? [] : [`${file} does not begin by saying its purpose`]),
  ];
}

/** At the top, or as the docstring of the main export, which then follows the imports at once. */
function saysPurpose(text: string): boolean {
  const body = text.replace(/^#!.*\n/, "").replace(/^(\s*import\b[^;]*;)+\s*/, "");
  return /^\/[/*]/.test(text.replace(/^#!.*\n/, "")) || body.startsWith("/**");
}
