/** Agents: whose keys are enrolled, and the end of that. */
import { CoevalError } from "@coeval/core/errors";
import { agentList } from "@coeval/store/control/agent-list";
import { agentRevoke } from "@coeval/store/control/agent-revoke";
import type { ControlQueries } from "@coeval/store/control/tables";
import { viewAgent } from "./access/cluster-client.ts";
import type { Call } from "./call.ts";
import type { Acting } from "./acting.ts";
import type { AgentView } from "./cluster-view.ts";
import type { Links } from "./links.ts";
import type { Records } from "./records.ts";

export interface Agents {
  /** All keys ever enrolled, revoked ones too. */
  list(): Promise<AgentView[]>;
  /** Ends the agent's link at once and tells all agents. Revoked already: nothing. @throws CoevalError `not-found`. */
  revoke(call: Call, cluster: string, agent: string): Promise<void>;
}

export function createAgents({
  db,
  records,
  links,
  acting,
}: {
  db: ControlQueries;
  records: Records;
  links: Links;
  acting: Acting;
}): Agents {
  return {
    async list() {
      return (await agentList(db)).map((agent) =>
        viewAgent(agent, links.sight(agent.fingerprint), acting.of(agent.cluster)),
      );
    },
    async revoke(call, cluster, agent) {
      const revoked = await records.write(async (tx) => {
        const known = (await agentList(tx.trx)).some((one) => one.cluster === cluster && one.agent === agent);
        if (!known) throw new CoevalError("not-found", `there is no agent '${agent}' of '${cluster}'`);
        const keys = await agentRevoke(tx.trx, { cluster, agent }, tx.now);
        if (keys.length > 0) {
          await tx.audit(call.who, "agent.revoke", `agent/${cluster}/${agent}`, { fingerprints: keys });
          await tx.event("agent", `agent/${cluster}/${agent}`, { cluster });
        }
        await call.within?.(tx, null);
        return keys;
      });
      await links.revoked(revoked);
      acting.changed();
    },
  };
}
