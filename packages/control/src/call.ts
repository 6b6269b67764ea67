/** A call of somebody who is known: every changing operation takes one. */
import { CoevalError } from "@coeval/core/errors";
import type { Tx } from "./records.ts";

export interface Call {
  /** As it stands in the audit log: `token:ada`, `agent:east/east-1`, `control`. */
  readonly who: string;
  /** The caller's own writes that belong into the operation's transaction, e.g. an idempotency key with its answer. */
  readonly within?: (tx: Tx, result: unknown) => Promise<void>;
}

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Give it as `cursor` for the next page; null at the end. */
  readonly next: string | null;
}

export interface PageRequest {
  /** 1…PAGE_MAX; PAGE_MAX when absent. */
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** Items of one page at most. */
export const PAGE_MAX = 500;

/** @throws CoevalError `bad-input` for a limit out of bounds. */
export function limitOf({ limit = PAGE_MAX }: PageRequest): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= PAGE_MAX) return limit;
  throw new CoevalError("bad-input", `limit: ${limit} is not between 1 and ${PAGE_MAX}`, {
    pointer: "limit",
  });
}

/** The number that a cursor of ours holds; null for the first page. @throws CoevalError `bad-input`. */
export function cursorNumber({ cursor }: PageRequest): number | null {
  if (cursor === undefined) return null;
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw badCursor();
}

export function badCursor(): CoevalError {
  return new CoevalError("bad-input", "cursor: it is none that a page before gave", { pointer: "cursor" });
}
