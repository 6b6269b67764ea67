/** A call of somebody who is known: every changing operation takes one. */
import type { Tx } from "./records.ts";

export interface Call {
  /** As it stands in the audit log: `token:ada`, `agent:east/east-1`, `control`. */
  readonly who: string;
  /** The caller's own writes that belong into the operation's transaction, e.g. an idempotency key with its answer. Called last. */
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
