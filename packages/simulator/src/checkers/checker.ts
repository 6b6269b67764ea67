/** What a checker is: a concept of its own that looks at the world from outside and says what is wrong with it. */
import type { RecoveryPoint } from "@coeval/core/model/recovery-point";
import type { Run } from "@coeval/core/protect/run";
import type { Call } from "../cluster/served.ts";
import type { Stage } from "../stage.ts";

export interface Facts extends Stage {
  /** All runs so far, oldest first, as the control device stored them. */
  readonly runs: readonly Run[];
  /** All points of the service, oldest first. */
  readonly points: readonly RecoveryPoint[];
  /** True time at which a run was seen to be over. */
  readonly endedAtMs: ReadonlyMap<string, number>;
}

export interface Checker {
  readonly name: string;
  /** Right after a call took effect on a cluster. */
  onCall?(facts: Facts, call: Call): string[];
  /** When a run is over, before the next one begins: what is wrong, in words; empty when nothing is. */
  afterRun?(facts: Facts, run: Run): string[] | Promise<string[]>;
  /** When all faults have ceased, the last run is over, and a while has passed. */
  afterAll?(facts: Facts): string[] | Promise<string[]>;
}
