/** `status`: am I safe? */
import { parseInstant } from "@coeval/contract/api/instant";
import { type StatusResource, statusResource } from "@coeval/contract/api/status";
import type { Command } from "commander";
import { clockLine, offsetText } from "../clock-view.ts";
import { addCommand, type Context } from "../context.ts";
import { exit } from "../exit.ts";
import { firstLine, printable } from "../failure.ts";
import { age } from "../figures.ts";
import type { Io } from "../io.ts";
import { printList, printValue, type View } from "../output.ts";
import { activeRunText, losesText, nextMomentText, objectiveText } from "../service-words.ts";
import { style } from "../style.ts";

export function addStatus(program: Command, context: Context): void {
  const { io } = context;
  addCommand<{ check?: boolean }>(
    context,
    program,
    {
      usage: "status",
      about: "am I safe?",
      with: (command) =>
        command.option(
          "--check",
          "exit code 1 when something is not as it should be; with --quiet one line each, nothing else",
        ),
    },
    async (_names, options) => {
      const status = await (await context.client()).call("GET", "/api/v1/status", statusResource);
      if (options.quiet && options.output === "table") showTroubles(io, status);
      else if (options.output === "table") show(io, status);
      else if (options.output === "name")
        for (const { name } of status.services) io.stdout.write(`service/${name}\n`);
      else printValue(io, options.output, status);
      return options.check && !status.safe ? exit.failed : exit.ok;
    },
  );
}

/** For monitors: a line each. */
function showTroubles(io: Io, { troubles }: StatusResource): void {
  for (const { key, text } of troubles) io.stdout.write(`${printable(`${key}: ${firstLine(text)}`)}\n`);
}

type ServiceLine = StatusResource["services"][number];
type ClusterLine = StatusResource["clusters"][number];

function show(io: Io, status: StatusResource): void {
  const { troubles } = status;
  const nowMs = parseInstant(status.now);
  const all = status.services.length === 0 ? "nothing is protected yet" : "all is well";
  const first = status.safe
    ? style(io, "green", all)
    : style(io, "red", `${troubles.length} not as it should be`);
  io.stdout.write(`${first}  (${status.now})\n`);
  for (const { about, text, hint } of troubles) {
    io.stdout.write(`  ✘ ${printable(`${about}: ${text}`)}\n`);
    if (hint !== null) io.stdout.write(`    ${printable(hint)}\n`);
  }
  for (const { about, text } of status.warnings) io.stdout.write(`  ! ${printable(`${about}: ${text}`)}\n`);
  io.stdout.write(`${printable(clockLine(status))}\n`);
  if (status.services.length > 0) {
    io.stdout.write("\n");
    printList(io, "table", serviceView(nowMs), status.services);
  }
  if (status.clusters.length > 0) {
    io.stdout.write("\n");
    printList(io, "table", clusterView(nowMs), status.clusters);
  }
}

function serviceView(nowMs: number): View<ServiceLine> {
  return {
    columns: {
      SERVICE: ({ name }) => name,
      STATE: ({ status }) => status.state,
      "WOULD LOSE": ({ status }) => losesText(status),
      OBJECTIVE: ({ status }) => objectiveText(status),
      "NEXT MOMENT": ({ status }) => nextMomentText(status, nowMs),
      GRADE: ({ status }) => status.lastPoint?.grade.kind ?? "",
      POINTS: ({ status }) => String(status.points),
      CLUSTERS: ({ primary, secondary }) => `${primary} → ${secondary}`,
      RUN: ({ status }) => activeRunText(status, nowMs),
    },
    name: ({ name }) => `service/${name}`,
  };
}

/** The one that acts first. */
function agentsText(agents: ClusterLine["status"]["agents"]): string {
  return agents
    .toSorted((a, b) => Number(b.duty === "acting") - Number(a.duty === "acting"))
    .map(
      ({ name, state, duty }) =>
        `${name} ${duty === "acting" ? "acts" : "stands by"}${state === "away" ? " (away)" : ""}`,
    )
    .join(", ");
}

function clusterView(nowMs: number): View<ClusterLine> {
  return {
    columns: {
      CLUSTER: ({ name }) => name,
      ROLE: ({ status }) => status.role,
      STATE: ({ status }) => status.state,
      SEEN: ({ status }) =>
        status.lastSeenAt === null ? "never" : age(parseInstant(status.lastSeenAt), nowMs),
      AGENTS: ({ status }) => agentsText(status.agents),
      CLOCK: ({ status }) => (status.clock === null ? "" : offsetText(status.clock)),
      "CLUSTER'S CLOCK": ({ status }) =>
        status.clusterClock === null ? "" : offsetText(status.clusterClock),
    },
    name: ({ name }) => `cluster/${name}`,
  };
}
