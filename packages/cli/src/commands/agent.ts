/** `agent list|revoke`; the agent itself is run by the command of the composition. */
import { agentList, type AgentResource } from "@coeval/contract/api/agent";
import { nothing } from "@coeval/contract/api/call";
import { parseInstant } from "@coeval/contract/api/instant";
import type { Command } from "commander";
import { confirm } from "../confirm.ts";
import { addCommand, type Context, say } from "../context.ts";
import { exit } from "../exit.ts";
import { CliError } from "../failure.ts";
import { age } from "../figures.ts";
import { printList } from "../output.ts";

export function addAgent(agent: Command, context: Context): void {
  const { io } = context;
  addCommand(
    context,
    agent,
    { usage: "list", about: "all agents, revoked ones too" },
    async (_names, options) => {
      const { items } = await (await context.client()).call("GET", "/api/v1/agents", agentList);
      const view = {
        columns: {
          AGENT: (one: AgentResource) => `${one.cluster}/${one.name}`,
          STATE: (one: AgentResource) => one.state,
          DUTY: (one: AgentResource) => (one.duty === "none" ? "" : one.duty),
          SINCE: (one: AgentResource) => one.actingSince ?? "",
          SEEN: (one: AgentResource) =>
            one.lastSeenAt === null ? "never" : age(parseInstant(one.lastSeenAt), io.clock.nowMs()),
          ENROLLED: (one: AgentResource) => one.enrolledAt,
          KEY: (one: AgentResource) => one.fingerprint.slice(0, 16),
        },
        name: (one: AgentResource) => `agent/${one.cluster}/${one.name}`,
        empty: "coeval cluster enroll NAME",
      };
      printList(io, options.output, view, items);
      return exit.ok;
    },
  );
  addCommand(
    context,
    agent,
    { usage: "revoke <cluster/agent>", about: "trust an agent's key no more" },
    async ([which = ""], options) => {
      const [cluster = "", name = "", ...rest] = which.split("/");
      if (cluster === "" || name === "" || rest.length > 0)
        throw new CliError(`'${which}' is not CLUSTER/AGENT`, {
          exitCode: exit.usage,
          hint: "coeval agent list",
        });
      await confirm(io, options.yes === true, `agent ${which} is about to be revoked`, which);
      const path = `/api/v1/clusters/${encodeURIComponent(cluster)}/agents/${encodeURIComponent(name)}`;
      await (await context.client()).call("DELETE", path, nothing);
      say(io, options, `agent ${which} is revoked; to bring one back: coeval cluster enroll ${cluster}`);
      return exit.ok;
    },
  );
}
