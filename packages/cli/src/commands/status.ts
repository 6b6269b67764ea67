/** `status`: am I safe? */
import { parseInstant } from "@coeval/contract/api/instant";
import { type StatusResource, statusResource } from "@coeval/contract/api/status";
import type { Command } from "commander";
import { clockLine, offsetText } from "../clock-view.ts";
import { addCommand, type Context } from "../context.ts";
import { exit } from "../exit.ts";
import { printable } from "../failure.ts";
import { age, duration } from "../figures.ts";
import type { Io } from "../io.ts";
import { printList, printValue, type View } from "../output.ts";
import { style } from "../style.ts";

export function addStatus(program: Command, context: Context): void {
  const { io } = context;
  addCommand<{ check?: boolean }>(
    context,
    program,
    {
      usage: "status",
      about: "am I safe?",
      with: (command) => command.option("--check", "exit code 1 when something is not as it should be"),
    },
    async (_names, options) => {
      const status = await (await context.client()).call("GET", "/api/v1/status", statusResource);
      if (options.output === "table") show(io, status);
      else if (options.output === "name")
        for (const { name } of status.services) io.stdout.write(`service/${name}\n`);
      else printValue(io, options.output, status);
      return options.check && !status.safe ? exit.failed : exit.ok;
    },
  );
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
    printList(io, "table", serviceView, status.services);
  }
  if (status.clusters.length > 0) {
    io.stdout.write("\n");
    printList(io, "table", clusterView(nowMs), status.clusters);
  }
}

const serviceView: View<ServiceLine> = {
  columns: {
    SERVICE: ({ name }) => name,
    STATE: ({ status }) => status.state,
    "WOULD LOSE": ({ status }) =>
      status.rpoMs === null ? "everything: no point" : `the last ${duration(status.rpoMs)}`,
    GRADE: ({ status }) => status.lastPoint?.grade.kind ?? "",
    POINTS: ({ status }) => String(status.points),
    CLUSTERS: ({ primary, secondary }) => `${primary} → ${secondary}`,
    RUN: ({ status }) =>
      status.activeRun === null ? "" : `${status.activeRun.id} ${status.activeRun.phase}`,
  },
  name: ({ name }) => `service/${name}`,
};

function clusterView(nowMs: number): View<ClusterLine> {
  return {
    columns: {
      CLUSTER: ({ name }) => name,
      ROLE: ({ status }) => status.role,
      STATE: ({ status }) => status.state,
      SEEN: ({ status }) =>
        status.lastSeenAt === null ? "never" : age(parseInstant(status.lastSeenAt), nowMs),
      CLOCK: ({ status }) => (status.clock === null ? "" : offsetText(status.clock)),
      "CLUSTER'S CLOCK": ({ status }) =>
        status.clusterClock === null ? "" : offsetText(status.clusterClock),
    },
    name: ({ name }) => `cluster/${name}`,
  };
}
