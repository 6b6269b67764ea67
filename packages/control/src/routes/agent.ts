/** Agents: listed, and revoked by administrators. */
import { agentList } from "@coeval/contract/api/agent";
import { agentParams, nothing } from "@coeval/contract/api/call";
import { callOf, mayKnow, requireCluster } from "../auth/caller.ts";
import type { Api, ApiDeps } from "./deps.ts";
import { callerOf } from "./guard.ts";
import { showAgent } from "./show-cluster.ts";

const tags = ["agents"];

export function agentRoutes(api: Api, { control }: ApiDeps): void {
  api.get(
    "/api/v1/agents",
    { schema: { tags, response: { 200: agentList } }, config: { access: "viewer" } },
    async (request) => {
      const caller = callerOf(request);
      const views = await control.agents.list();
      return { items: views.filter((view) => mayKnow(caller, view.cluster)).map(showAgent) };
    },
  );
  api.delete(
    "/api/v1/clusters/:cluster/agents/:agent",
    {
      schema: { tags, params: agentParams, response: { 204: nothing } },
      config: { access: "administrator" },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const { cluster, agent } = request.params;
      requireCluster(caller, cluster);
      await control.agents.revoke(callOf(caller), cluster, agent);
      return reply.code(204).send();
    },
  );
}
