/** `service list|get|check|apply|delete|protect|moments|pause|resume`. */
import { nothing } from "@coeval/contract/api/call";
import { parseInstant } from "@coeval/contract/api/instant";
import { servicePage, type ServiceResource, serviceResource } from "@coeval/contract/api/service";
import type { Command } from "commander";
import { confirm } from "../confirm.ts";
import { addCommand, type Context, say } from "../context.ts";
import { exit } from "../exit.ts";
import { CliError } from "../failure.ts";
import { age } from "../figures.ts";
import type { Io } from "../io.ts";
import { LIMIT_MAX } from "../limit.ts";
import { printList, printOne, type View } from "../output.ts";
import { gather } from "../pages.ts";
import { servicePath } from "../paths.ts";
import {
  activeRunText,
  forecastText,
  lastMomentText,
  losesText,
  nextMomentText,
  objectiveText,
} from "../service-words.ts";
import { addPause } from "./pause.ts";
import { blackoutWords, filterWords, momentWords } from "../policy-words.ts";
import { addApply } from "./service-apply.ts";
import { addCheck } from "./service-check.ts";
import { addMoments } from "./service-moments.ts";
import { addProtect } from "./service-protect.ts";

export function addService(program: Command, context: Context): void {
  const service = program.command("service").description("what is protected together");
  const { io } = context;
  addCommand(context, service, { usage: "list", about: "all services" }, async (_names, options) => {
    const { items } = await gather(await context.client(), "/api/v1/services", servicePage, LIMIT_MAX);
    printList(io, options.output, short(io), items);
    return exit.ok;
  });
  addCommand(
    context,
    service,
    { usage: "get <name>", about: "one service and how well it is protected" },
    async ([name = ""], options) => {
      const found = await (await context.client()).call("GET", servicePath(name), serviceResource);
      printOne(io, options.output, long(io), found);
      return exit.ok;
    },
  );
  addCheck(service, context);
  addApply(service, context);
  addCommand<{ points: string }>(
    context,
    service,
    {
      usage: "delete <name>",
      about: "protect it no more",
      with: (command) =>
        command.requiredOption("--points <keep|delete>", "what becomes of its recovery points"),
    },
    async ([name = ""], options) => {
      if (!["keep", "delete"].includes(options.points))
        throw new CliError("--points must be keep or delete", { exitCode: exit.usage });
      const fate = options.points === "keep" ? "its points stay" : "its points are deleted for ever";
      await confirm(io, options.yes === true, `service ${name} is about to be deleted; ${fate}`, name);
      const client = await context.client();
      await client.call("DELETE", servicePath(name), nothing, { query: { points: options.points } });
      say(io, options, `service ${name} is deleted`);
      return exit.ok;
    },
  );
  addProtect(service, context);
  addMoments(service, context);
  addPause(service, context, servicePath);
}

function short(io: Io): View<ServiceResource> {
  return {
    columns: {
      NAME: ({ metadata }) => metadata.name,
      STATE: ({ status }) => status.state,
      "LAST MOMENT": ({ status }) =>
        status.lastPoint === null ? "none" : age(parseInstant(status.lastPoint.moment), io.clock.nowMs()),
      "NEXT MOMENT": ({ status }) => nextMomentText(status, io.clock.nowMs()),
      OBJECTIVE: ({ status }) => objectiveText(status),
      GRADE: ({ status }) => status.lastPoint?.grade.kind ?? "",
      POINTS: ({ status }) => String(status.points),
      FROM: ({ spec }) => spec.primary,
      TO: ({ spec }) => spec.secondary,
      RUN: ({ status }) => activeRunText(status, io.clock.nowMs()),
    },
    name: ({ metadata }) => `service/${metadata.name}`,
    empty: "coeval service apply -f F",
  };
}

function long(io: Io): View<ServiceResource> {
  const { columns, name } = short(io);
  return {
    columns: {
      ...columns,
      "WOULD LOSE": ({ status }) => losesText(status),
      FORECAST: ({ status }) => forecastText(status),
      "LAST OF POLICY": ({ status }) => lastMomentText(status),
      PAUSED: ({ status: { pause } }) =>
        pause === null
          ? ""
          : `by ${pause.by}, ${pause.until === null ? "until it is resumed" : `until ${pause.until}`}: ${pause.why}`,
      CAUSE: ({ status }) => status.cause ?? "",
      "DATA SETS": ({ spec }) => spec.dataSets.map((set) => `${set.name}: ${set.hdfs}`).join("\n"),
      MAPPING: ({ spec }) => `${spec.mapping.source ?? ""} → ${spec.mapping.target}`,
      TOLERANCE: ({ spec }) => {
        const { window, beyond, openFiles } = spec.policy.tolerance;
        return `${window}, beyond: ${beyond}, open files: ${openFiles}`;
      },
      MOMENTS: ({ spec }) => momentWords(spec.policy),
      BLACKOUT: ({ spec }) => blackoutWords(spec.policy),
      "LEAVES OUT": ({ spec }) => filterWords(spec.policy),
      BANDWIDTH: ({ spec }) => spec.policy.bandwidth ?? "",
      PRIORITY: ({ spec }) => String(spec.policy.priority ?? ""),
      REVISION: ({ metadata }) => metadata.revision,
    },
    name,
  };
}
