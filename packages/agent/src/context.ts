/** What every step of an instruction is given. */
import type { SharedClock } from "@coeval/core/ports/clock";
import type { Signer } from "@coeval/core/ports/hash";
import type { Network } from "@coeval/core/ports/network";
import type { Source } from "@coeval/core/ports/source";
import type { Target } from "@coeval/core/ports/target";
import type { World } from "@coeval/core/ports/world";
import type { Instruction, Order, Report, Step } from "@coeval/core/protect/instruction";
import type { AgentDatabase } from "@coeval/store/agent/tables";
import type { ClusterClock } from "./cluster-clock.ts";
import type { Lease } from "./lease.ts";
import type { Limits } from "./limits.ts";
import type { Capacity } from "./transfer/capacity.ts";
import type { Transfers } from "./transfer/transfers.ts";

export interface Context {
  readonly world: World;
  readonly db: AgentDatabase;
  readonly instruction: Instruction;
  /** What the step noted before a crash; null at its first start. */
  readonly note: unknown;
  readonly saveNote: (note: unknown) => Promise<void>;
  readonly source: Source;
  readonly target: Target;
  readonly limits: Limits;
  readonly clock: SharedClock;
  readonly clusterClock: ClusterClock;
  readonly network: Network;
  readonly transfers: Transfers;
  /** What all transfers of this agent share. */
  readonly capacity: Capacity;
  readonly signer: AgentSigner;
  readonly lease: Pick<Lease, "others">;
  /** Elapsed time since the control device last gave this instruction; as long as it is open, it does so again and again. */
  readonly givenAgoMs: () => number;
  readonly report: (report: Report) => void;
  /** A line for the run's log, in words and figures: no secret, nothing that a file holds. The next report or the answer takes it along. */
  readonly tell: (text: string) => void;
  readonly cancel: AbortSignal;
}

/** The context of one step, its order narrowed to that step's. */
export type StepContext<S extends Step> = Context & {
  readonly instruction: Instruction & { readonly order: Extract<Order, { step: S }> };
};

/** The agent's name, key and certificate chain. */
export interface AgentSigner extends Signer {
  readonly agent: string;
  readonly chain: string;
}

/** The cluster as this agent's driver sees it. */
export interface ClusterDrivers {
  readonly source: Source;
  readonly target: Target;
}
