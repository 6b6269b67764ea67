/** Problem documents (RFC 9457): every refusal and failure of the REST API. */
import { CoevalError, type ErrorCode, errors, EVIDENCE_MAX, explain } from "@coeval/core/errors";
import { z } from "zod";
import type { WrongField } from "./issues.ts";
import { pointerOf, readablePath } from "./pointer.ts";
import { named } from "./registry.ts";

/** The failure that problems tell, for clients, which know the contract only. */
export { CoevalError };

/** The media type of a problem document. */
export const PROBLEM_TYPE = "application/problem+json";

/** Every code of the catalogue. */
export const errorCode = z.enum(Object.keys(errors) as [ErrorCode, ...ErrorCode[]]);

/** The document. `type` is `/errors/CODE`, which the control device explains. */
export const problemSchema = named(
  "Problem",
  z.object({
    type: z.string().max(100).describe("/errors/CODE; stable"),
    title: z.string().max(500).describe("What the code means"),
    status: z.number().int().min(400).max(599),
    detail: z.string().max(20_000).describe("What failed and why, with names and figures"),
    code: errorCode,
    retry: z.enum(["now", "later", "never"]).describe("When trying again can help"),
    hint: z.string().max(2000).describe("What to do about it"),
    errors: z
      .array(z.object({ pointer: z.string().max(20_000), code: errorCode, detail: z.string().max(20_000) }))
      .max(100)
      .optional()
      .describe("The wrong fields, by JSON pointer into the body; `#query/…`, `#header/…` for those"),
    evidence: z.array(z.string().max(20_000)).max(EVIDENCE_MAX).optional(),
  }),
);
export type Problem = z.infer<typeof problemSchema>;

/** Where the wrong fields lie. */
export type InputPart = "body" | "query" | "params" | "header";

/** Refused input, with all its wrong fields. */
export class InputError extends CoevalError {
  readonly wrong: readonly WrongField[];
  readonly part: InputPart;

  constructor(wrong: readonly WrongField[], part: InputPart = "body") {
    const first = wrong[0] ?? { path: [], code: "bad-input" as const, detail: "is wrong" };
    const more = wrong.length > 1 ? ` (and ${wrong.length - 1} more)` : "";
    const place = readablePath(first.path) || `the ${part}`;
    super(first.code, `${place}: ${first.detail}${more}`, { pointer: pointerIn(part, first.path) });
    this.wrong = wrong;
    this.part = part;
  }
}

/** The problem document of a failure of the catalogue. */
export function problemOf(error: CoevalError): Problem {
  const { status, meaning, retry, hint } = explain(error.code);
  const wrong = wrongOf(error);
  return {
    type: `/errors/${error.code}`,
    title: meaning,
    status,
    detail: error.message,
    code: error.code,
    retry,
    hint,
    ...(wrong.length === 0 ? {} : { errors: wrong }),
    ...(error.evidence.length === 0 ? {} : { evidence: [...error.evidence] }),
  };
}

function wrongOf(error: CoevalError): NonNullable<Problem["errors"]> {
  if (error instanceof InputError) {
    return error.wrong.map(({ path, code, detail }) => ({
      pointer: pointerIn(error.part, path),
      code,
      detail: path.length === 0 ? detail : `${readablePath(path)}: ${detail}`,
    }));
  }
  if (error.pointer === undefined) return [];
  const pointer = error.pointer.startsWith("#") ? error.pointer : `#${error.pointer}`;
  return [{ pointer, code: error.code, detail: error.message }];
}

function pointerIn(part: InputPart, path: readonly (string | number)[]): string {
  return part === "body" ? pointerOf(path) : `#${part}${pointerOf(path).slice(1)}`;
}
