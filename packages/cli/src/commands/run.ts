/** `run list|get|watch|logs|retry|cancel`. */
import { runLogPage, runPage, runResource } from "@coeval/contract/api/run";
import type { Command } from "commander";
import { addCommand, type Context, say } from "../context.ts";
import { exit } from "../exit.ts";
import { printable } from "../failure.ts";
import { limitOption, moreHint } from "../limit.ts";
import { printList, printOne, printValue } from "../output.ts";
import { gather } from "../pages.ts";
import { runPath } from "../paths.ts";
import { postOnce } from "../post-once.ts";
import { runLine, runView } from "../run-view.ts";
import { endOf, watch } from "../watch.ts";
import { follow } from "./service-protect.ts";

export function addRun(program: Command, context: Context): void {
  const run = program.command("run").description("moments on their way to recovery points");
  const { io } = context;
  addCommand<{ service?: string; limit: number }>(
    context,
    run,
    {
      usage: "list",
      about: "runs, newest first",
      with: (command) => limitOption(command).option("--service <name>", "of one service"),
    },
    async (_names, options) => {
      const { items, more } = await gather(await context.client(), "/api/v1/runs", runPage, options.limit, {
        service: options.service,
      });
      printList(io, options.output, runLine(io), items);
      moreHint(io, options, more);
      return exit.ok;
    },
  );
  addCommand(context, run, { usage: "get <id>", about: "one run whole" }, async ([id = ""], options) => {
    printOne(
      io,
      options.output,
      runView(io),
      await (await context.client()).call("GET", runPath(id), runResource),
    );
    return exit.ok;
  });
  addCommand(
    context,
    run,
    { usage: "watch <id>", about: "follow a run until it is over" },
    async ([id = ""], options) => {
      const client = await context.client();
      await client.call("GET", runPath(id), runResource);
      const last = await watch(context, client, id, options.quiet === true);
      if (last !== null && options.output !== "table") printOne(io, options.output, runView(io), last);
      return endOf(io, id, last, options.quiet === true);
    },
  );
  addLogs(run, context);
  addRetry(run, context);
  addCancel(run, context);
}

function addLogs(run: Command, context: Context): void {
  const { io } = context;
  addCommand<{ limit: number }>(
    context,
    run,
    { usage: "logs <id>", about: "what happened in a run", with: limitOption },
    async ([id = ""], options) => {
      const { items, more } = await gather(
        await context.client(),
        `${runPath(id)}/logs`,
        runLogPage,
        options.limit,
      );
      if (options.output === "json" || options.output === "yaml") printValue(io, options.output, { items });
      else for (const { at, text } of items) io.stdout.write(`${at}  ${printable(text)}\n`);
      moreHint(io, options, more);
      return exit.ok;
    },
  );
}

function addRetry(run: Command, context: Context): void {
  addCommand<{ wait?: boolean }>(
    context,
    run,
    {
      usage: "retry <id>",
      about: "protect again now, for a run that failed",
      with: (command) => command.option("--wait", "watch until it is a recovery point"),
    },
    async ([id = ""], options) => {
      const client = await context.client();
      const begun = await postOnce(client, context.io.clock, `${runPath(id)}/retry`, runResource);
      return follow(context, client, begun, options);
    },
  );
}

function addCancel(run: Command, context: Context): void {
  const { io } = context;
  addCommand(
    context,
    run,
    { usage: "cancel <id>", about: "give a run up; the point before stays" },
    async ([id = ""], options) => {
      const after = await (await context.client()).call("POST", `${runPath(id)}/cancel`, runResource);
      printOne(io, options.output, runView(io), after);
      const given = after.phase === "giving-up" || after.phase === "failed";
      say(io, options, given ? `${id} is given up` : `${id} stays: it is ${after.phase}`);
      return given ? exit.ok : exit.conflict;
    },
  );
}
