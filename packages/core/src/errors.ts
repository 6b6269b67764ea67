/** Errors: what may fail has a code of the catalogue, and crosses links as a Failure. */
import { type CatalogueEntry, errors } from "./error-catalogue.ts";

export { errors } from "./error-catalogue.ts";

/** A code of the catalogue. */
export type ErrorCode = keyof typeof errors;

/** What an error may carry besides code and message. */
export interface ErrorDetail {
  /** JSON pointer or flag of the wrong input. */
  readonly pointer?: string;
  /** Paths, names or figures that prove it; at most EVIDENCE_MAX. */
  readonly evidence?: readonly string[];
  readonly cause?: unknown;
}

/** Pieces of evidence that an error carries at most. */
export const EVIDENCE_MAX = 20;
/** Characters of a failure's message and of one piece of its evidence at most: a failure must fit the wire, whatever was thrown. */
export const FAILURE_LENGTH_MAX = 8000;

/** A failure of the catalogue. `message` is its first line: what failed and why, with names and figures. */
export class CoevalError extends Error {
  readonly code: ErrorCode;
  readonly pointer: string | undefined;
  readonly evidence: readonly string[];

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = "CoevalError";
    this.code = code;
    this.pointer = detail.pointer;
    this.evidence = (detail.evidence ?? []).slice(0, EVIDENCE_MAX);
  }
}

/** A failure as it crosses a link or is stored. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly evidence: readonly string[];
}

/** Any thrown thing as a Failure, cut to FAILURE_LENGTH_MAX; what is not of the catalogue is a `defect`. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof CoevalError)
    return { code: thrown.code, message: cut(thrown.message), evidence: thrown.evidence.map(cut) };
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return { code: "defect", message: cut(message), evidence: [] };
}

function cut(text: string): string {
  return text.length <= FAILURE_LENGTH_MAX ? text : `${text.slice(0, FAILURE_LENGTH_MAX - 1)}…`;
}

/** The catalogue's entry of a code. */
export function explain(code: ErrorCode): CatalogueEntry {
  return errors[code];
}
