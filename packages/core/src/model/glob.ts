/** One name of a path pattern: `*` for any characters, `?` for one, `\` before a character that is meant as it stands. */
import { CoevalError } from "../errors.ts";

/** A pattern of one name. */
export interface Glob {
  /** The one name that it means; null when it means several. */
  readonly literal: string | null;
  matches(name: string): boolean;
}

/**
 * Time to match is at most the product of both lengths: no pattern stalls an agent.
 * @throws CoevalError `bad-input` for `[`, `]`, `{`, `}` without `\`, which mean something elsewhere, and for a `\` at the end.
 */
export function compileGlob(text: string): Glob {
  const parts: Part[] = [];
  const chars = Array.from(text);
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] as string;
    if (char === "*") parts.push(ANY);
    else if (char === "?") parts.push(ONE);
    else if ("[]{}".includes(char))
      throw wrong(text, `contains '${char}': write one pattern for each, or '\\${char}' for the character`);
    else if (char !== "\\") parts.push(char);
    else if (i + 1 < chars.length) parts.push(chars[++i] as string);
    else throw wrong(text, "ends with '\\'");
  }
  const isLiteral = parts.every((part) => typeof part === "string");
  const literal = isLiteral ? parts.join("") : null;
  return { literal, matches: (name) => (literal === null ? matchParts(parts, name) : name === literal) };
}

/** True when the text means more than one name. */
export function isGlob(text: string): boolean {
  return /[*?]/.test(text.replaceAll(/\\./gsu, ""));
}

/** A name as a pattern that means it alone. */
export function escapeGlob(name: string): string {
  return name.replaceAll(/[\\*?[\]{}]/g, "\\$&");
}

const ANY = Symbol("any characters");
const ONE = Symbol("one character");
type Part = string | typeof ANY | typeof ONE;

/** After the last `*` that was met, its share grows by one character at each failure; earlier ones need not be tried again. */
function matchParts(parts: readonly Part[], name: string): boolean {
  const chars = Array.from(name);
  let part = 0;
  let char = 0;
  let star = -1;
  let shareEnd = 0;
  while (char < chars.length) {
    const wanted = parts[part];
    if (wanted === ANY) {
      star = part++;
      shareEnd = char;
    } else if (wanted !== undefined && (wanted === ONE || wanted === chars[char])) {
      part++;
      char++;
    } else if (star >= 0) {
      part = star + 1;
      char = ++shareEnd;
    } else return false;
  }
  while (parts[part] === ANY) part++;
  return part === parts.length;
}

function wrong(text: string, why: string): CoevalError {
  return new CoevalError("bad-input", `'${text.slice(0, 80)}' ${why}`);
}
