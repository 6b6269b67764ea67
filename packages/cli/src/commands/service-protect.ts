/** `service protect`: asks for one moment, and may watch it become a recovery point. */
import { type RunResource, runResource } from "@coeval/contract/api/run";
import type { Command } from "commander";
import type { Client } from "../client.ts";
import { addCommand, type CommonOptions, type Context, say } from "../context.ts";
import { type ExitCode, exit } from "../exit.ts";
import { printOne } from "../output.ts";
import { servicePath } from "../paths.ts";
import { postOnce } from "../post-once.ts";
import { runView } from "../run-view.ts";
import { endOf, watch } from "../watch.ts";

export function addProtect(service: Command, context: Context): void {
  const { io } = context;
  addCommand<{ at?: string; label?: string; wait?: boolean }>(
    context,
    service,
    {
      usage: "protect <name>",
      about: "back up the service as it is at one moment",
      with: (command) =>
        command
          .option("--at <moment>", "an instant, or +3s from now; default: the earliest that can be armed")
          .option("--label <text>", "kept with the point")
          .option("--wait", "watch until it is a recovery point"),
    },
    async ([name = ""], options) => {
      const { at, label } = options;
      const body = { ...(at === undefined ? {} : { at }), ...(label === undefined ? {} : { label }) };
      const client = await context.client();
      const run = await postOnce(client, io.clock, `${servicePath(name)}/protect`, runResource, body);
      return follow(context, client, run, options);
    },
  );
}

/** Tells of a run that has begun; with `wait` watches it to its end. @returns the exit code. */
export async function follow(
  context: Context,
  client: Client,
  run: RunResource,
  options: CommonOptions & { readonly wait?: boolean },
): Promise<ExitCode> {
  const { io } = context;
  if (!options.wait) {
    if (options.output === "table") io.stdout.write(`run/${run.id} at ${run.moment}\n`);
    else printOne(io, options.output, runView(io), run);
    say(io, options, `watch it: coeval run watch ${run.id}`);
    return exit.ok;
  }
  const last = await watch(context, client, run.id, options.quiet === true);
  if (last !== null) printOne(io, options.output, runView(io), last);
  return endOf(io, run.id, last, options.quiet === true);
}
