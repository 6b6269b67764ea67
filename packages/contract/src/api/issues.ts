/** What a schema found wrong, as fields that a person can mend: where, what, and the catalogue's code. */
import type { ErrorCode } from "@coeval/core/errors";
import type { z } from "zod";

/** One wrong field. */
export interface WrongField {
  /** Path from the input's root. */
  readonly path: readonly (string | number)[];
  readonly code: ErrorCode;
  /** The key itself is wrong, not its value. */
  readonly isKey?: true;
  /** What is wrong, a sentence without the place. */
  readonly detail: string;
}

/** Wrong fields told at most. */
export const WRONG_FIELDS_MAX = 50;
const SHOWN_CHARS_MAX = 60;

/** Reads a value by a schema. @returns the value, or every wrong field in the order of the input. */
export function readBy<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): { ok: true; value: z.output<Schema> } | { ok: false; wrong: WrongField[] } {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, wrong: result.error.issues.slice(0, WRONG_FIELDS_MAX).flatMap(wrongFields) };
}

function wrongFields(issue: z.core.$ZodIssue): WrongField[] {
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  if (issue.code === "unrecognized_keys")
    return [{ path: [...path, issue.keys[0] ?? ""], code: "bad-input", isKey: true, detail: issue.message }];
  return [{ path, code: codeOf(issue), detail: detailOf(issue) }];
}

function codeOf(issue: z.core.$ZodIssue): ErrorCode {
  if (issue.code === "too_big" && issue.origin !== "number") return "too-large";
  const code = issue.code === "custom" ? issue.params?.["code"] : undefined;
  return typeof code === "string" ? (code as ErrorCode) : "bad-input";
}

function detailOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return "is missing";
      return `must be ${article(issue.expected)}, not ${shown(issue.input)}`;
    case "invalid_value":
      if (issue.input === undefined) return `is missing; say ${either(issue.values)}`;
      return `must be ${either(issue.values)}, not ${shown(issue.input)}`;
    case "too_big":
      return `is larger than the bound of ${issue.maximum}${unitOf(issue.origin)}`;
    case "too_small":
      return `is smaller than the bound of ${issue.minimum}${unitOf(issue.origin)}`;
    case "invalid_format":
      return `${shown(issue.input)} ${issue.message}`;
    default:
      return issue.message;
  }
}

function unitOf(origin: string): string {
  return origin === "string" ? " characters" : origin === "array" ? " items" : "";
}

function article(expected: string): string {
  if (expected === "object") return "a mapping";
  if (expected === "array") return "a list";
  return expected === "int" ? "a whole number" : `a ${expected}`;
}

function either(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(" or ");
}

/** A short form of what came in; control characters shown as such. */
function shown(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > SHOWN_CHARS_MAX ? `${text.slice(0, SHOWN_CHARS_MAX)}…` : text;
}
