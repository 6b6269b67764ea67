/** `cluster list|get|check|add|enroll|remove|pause|resume`. */
import { type AgentResource, enrolment } from "@coeval/contract/api/agent";
import { nothing } from "@coeval/contract/api/call";
import { clusterList, type ClusterResource, clusterResource } from "@coeval/contract/api/cluster";
import { parseInstant } from "@coeval/contract/api/instant";
import type { Command } from "commander";
import { clockColumns } from "../clock-view.ts";
import { confirm } from "../confirm.ts";
import { addCommand, type Context, say } from "../context.ts";
import { readDocuments } from "../document-file.ts";
import { exit } from "../exit.ts";
import { CliError, RefusedError } from "../failure.ts";
import { age, bytes, duration } from "../figures.ts";
import type { Io } from "../io.ts";
import { clusterPath } from "../paths.ts";
import { addClusterCheck } from "./cluster-check.ts";
import { addPause } from "./pause.ts";
import { printList, printOne, printValue, type View } from "../output.ts";

export function addCluster(program: Command, context: Context): void {
  const cluster = program.command("cluster").description("the Hadoop clusters");
  const { io } = context;
  addPause(cluster, context, clusterPath);
  addCommand(context, cluster, { usage: "list", about: "all clusters" }, async (_names, options) => {
    const { items } = await (await context.client()).call("GET", "/api/v1/clusters", clusterList);
    printList(io, options.output, short(io), items);
    return exit.ok;
  });
  addCommand(
    context,
    cluster,
    { usage: "get <name>", about: "one cluster and its state" },
    async ([name = ""], options) => {
      const found = await (await context.client()).call("GET", clusterPath(name), clusterResource);
      printOne(io, options.output, long(io), found);
      return exit.ok;
    },
  );
  addCommand<{ file: string[] }>(
    context,
    cluster,
    {
      usage: "add",
      about: "register clusters from YAML",
      with: (command) =>
        command.requiredOption("-f, --file <file...>", "documents of kind Cluster; - is stdin"),
    },
    async (_names, options) => {
      const documents = await readDocuments(io, options.file);
      for (const { document, place } of documents)
        if (document.kind !== "Cluster")
          throw new CliError(`${place("/kind")}: a ${document.kind}, not a Cluster`, {
            exitCode: exit.usage,
            hint: "services are applied: coeval service apply -f F",
          });
      const client = await context.client();
      const added: ClusterResource[] = [];
      for (const { document: body, place } of documents) {
        const one = client.call("POST", "/api/v1/clusters", clusterResource, { body });
        added.push(await one.catch((failure: unknown) => Promise.reject(placed(failure, place))));
      }
      printList(io, options.output, short(io), added);
      for (const { metadata } of added) say(io, options, `next: coeval cluster enroll ${metadata.name}`);
      return exit.ok;
    },
  );
  addClusterCheck(cluster, context);
  addEnroll(cluster, context);
  addCommand(
    context,
    cluster,
    { usage: "remove <name>", about: "forget a cluster and revoke its agent" },
    async ([name = ""], options) => {
      await confirm(io, options.yes === true, `cluster ${name} is about to be removed`, name);
      await (await context.client()).call("DELETE", clusterPath(name), nothing);
      say(io, options, `cluster ${name} is removed`);
      return exit.ok;
    },
  );
}

function addEnroll(cluster: Command, context: Context): void {
  const { io } = context;
  addCommand<{ agent?: string }>(
    context,
    cluster,
    {
      usage: "enroll <name>",
      about:
        "print a one-use token for an agent of the cluster; with another name than the first's it stands by",
      with: (command) => command.option("--agent <agent>", "its name; default: the cluster's"),
    },
    async ([name = ""], options) => {
      const body = options.agent === undefined ? {} : { agent: options.agent };
      const client = await context.client();
      const made = await client.call("POST", `${clusterPath(name)}/enrolments`, enrolment, { body });
      if (options.output === "json" || options.output === "yaml") printValue(io, options.output, made);
      else io.stdout.write(`${made.token}\n`);
      const left = duration(parseInstant(made.expiresAt) - io.clock.nowMs());
      say(io, options, `good once, for ${left}; beside the cluster: coeval agent --data DIR --token-file F`);
      return exit.ok;
    },
  );
}

/** A refusal of one document, with its pointers as places of the file. */
export function placed(failure: unknown, place: (pointer: string) => string): unknown {
  return failure instanceof RefusedError ? new RefusedError(failure.problem, place) : failure;
}

function short(io: Io): View<ClusterResource> {
  return {
    columns: {
      NAME: ({ metadata }) => metadata.name,
      ROLE: ({ status }) => status.role,
      STATE: ({ status }) => status.state,
      SEEN: ({ status }) => seen(io, status.lastSeenAt),
      ENDPOINT: ({ spec }) => spec.hdfs.url,
      CAUSE: ({ status }) => status.cause ?? "",
    },
    name: ({ metadata }) => `cluster/${metadata.name}`,
    empty: "coeval cluster add -f F",
  };
}

function long(io: Io): View<ClusterResource> {
  const { columns, name } = short(io);
  return {
    columns: {
      ...columns,
      USER: ({ spec }) => spec.hdfs.user ?? "by Kerberos, the agent's principal",
      SCOPES: ({ spec }) => spec.scopes.join(", "),
      IDENTITY: ({ status }) => status.identity?.clusterId ?? "not met yet",
      VERSION: ({ status }) => status.version ?? "",
      FREE: ({ status }) => (status.remainingBytes === null ? "" : bytes(status.remainingBytes)),
      AGENT: ({ status }) => (status.agent === null ? "none" : agentText(status.agent)),
      "STANDING BY": ({ status }) =>
        status.agents
          .filter(({ name: one }) => one !== status.agent?.name)
          .map(agentText)
          .join("; ") || "none",
      "TOOK OVER": ({ status }) => status.agent?.tookOverBecause ?? "",

      ...clockColumns,
      "TO DELETE": ({ status }) => `${status.voidSnapshots} snapshots wait for their turn`,
    },
    name,
  };
}

function agentText({ name, state, actingSince, term }: AgentResource): string {
  return actingSince === null
    ? `${name}, ${state}`
    : `${name}, ${state}, acts since ${actingSince} (term ${term})`;
}

function seen(io: Io, at: string | null): string {
  return at === null ? "never" : age(parseInstant(at), io.clock.nowMs());
}
