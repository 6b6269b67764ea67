/** What a checker is: a concept of its own that looks at the world from outside and says what is wrong with it. */
import type { RecoveryPoint } from "@coeval/core/model/recovery-point";
import type { ServiceStatus, Status } from "@coeval/control/status";
import type { StoredMoment } from "@coeval/store/control/moment-row";
import type { Run } from "@coeval/core/protect/run";
import type { Call } from "../cluster/served.ts";
import type { Stage } from "../stage.ts";

/** All of it is about one service: `service`, `writer`, and what is below. */
export interface Facts extends Stage {
  /** All runs so far, oldest first, as the control device stored them. */
  readonly runs: readonly Run[];
  /** All points of the service, oldest first. */
  readonly points: readonly RecoveryPoint[];
  /** What became of the policy's moments, oldest first; read when all is over. */
  readonly moments: readonly StoredMoment[];
  /** True time at which the service was applied. */
  readonly appliedAtMs: number;
  /** True time at which a run was seen to be over. */
  readonly endedAtMs: ReadonlyMap<string, number>;
}

export interface Checker {
  readonly name: string;
  /** Right after a call took effect on a cluster. */
  onCall?(facts: Facts, call: Call): string[];
  /** Whenever the operator has read the status, of each service. */
  onStatus?(facts: Facts, service: ServiceStatus, status: Status): string[];
  /** When a run is over, before the next one begins: what is wrong, in words; empty when nothing is. */
  afterRun?(facts: Facts, run: Run): string[] | Promise<string[]>;
  /** When all faults have ceased, the last run is over, and a while has passed. */
  afterAll?(facts: Facts): string[] | Promise<string[]>;
}
