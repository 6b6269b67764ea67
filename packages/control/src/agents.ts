import type { Call } from "./call.ts";
import type { AgentView } from "./clusters.ts";

export interface Agents {
  /** All keys ever enrolled, revoked ones too. */
  list(): Promise<AgentView[]>;
  /** Ends the agent's link at once and tells all agents. Revoked already: nothing. @throws CoevalError `not-found`. */
  revoke(call: Call, cluster: string, agent: string): Promise<void>;
}
