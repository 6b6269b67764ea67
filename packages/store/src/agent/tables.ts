/** The agent's tables, as Kysely sees them. JSON columns hold values of core's types. */

import type { Kysely } from "kysely";

/** The agent's database, or a transaction in it. */
export type AgentDatabase = Kysely<AgentTables>;

export interface AgentTables {
  settings: { key: string; value: string };
  tenures: { service: string; role: string; epoch: number };
  journal: {
    instruction: string;
    run: string;
    service: string;
    /** JSON of the Instruction. */
    body: string;
    /** JSON of the Outcome; null while it is open. */
    outcome: string | null;
    /** JSON that the step keeps for itself across a crash; null until it has any. */
    note: string | null;
  };
  ended: { run: string; outcome: string };
  snapshots: {
    sequence: number;
    run: string;
    service: string;
    /** JSON of core's Prepared. */
    prepared: string;
    /** `live`: of the running moment · `base`: of the last sealed point · `void`: waits until it is the oldest. */
    state: string;
  };
  staged: { run: string; number: number; sha256: string; bytes: number };
  switches: { run: string; state: string };
}
