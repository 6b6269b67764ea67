import type { Instant } from "@coeval/core/model/instant";
import type { Call } from "./call.ts";
import type { RunRecord } from "./runs.ts";

/** Begins a run of a service at a moment. Resolves when the run is stored and its first instructions are on their way. */
export type Protect = (call: Call, request: ProtectRequest) => Promise<RunRecord>;

/**
 * @throws CoevalError, in this order, all before any instruction: `not-found`, `run-active`, `moment-past`, `moment-too-near`, `bad-input`,
 * `agent-away`, `clock-unproven`, `cluster-unreachable` | `safe-mode` | `cluster-identity`.
 */
export interface ProtectRequest {
  readonly service: string;
  /** An instant, so many ms from now, or the earliest that can be armed. Whole ms. */
  readonly at: { readonly instant: Instant } | { readonly inMs: number } | "earliest";
  readonly label: string | null;
}
