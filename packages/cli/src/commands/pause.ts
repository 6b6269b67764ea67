/** `pause` and `resume` of a noun: services, clusters; with `--all` everything. */
import { nothing } from "@coeval/contract/api/call";
import { pauseResource } from "@coeval/contract/api/pause";
import type { Command } from "commander";
import { addCommand, type Context, say } from "../context.ts";
import { exit } from "../exit.ts";
import { CliError } from "../failure.ts";
import { printValue } from "../output.ts";

/** @param pathOf the API's address of one of the noun. */
export function addPause(noun: Command, context: Context, pathOf: (name: string) => string): void {
  const { io } = context;
  addCommand<{ until?: string; why: string; all?: boolean }>(
    context,
    noun,
    {
      usage: "pause [name]",
      about: "take no moments for a while; a run that goes on is not touched",
      with: (command) =>
        command
          .option("--until <moment>", "an instant, or +2h from now; default: until it is resumed")
          .requiredOption("--why <text>", "shown wherever a moment is not taken for it")
          .option("--all", "everything, not one of them"),
    },
    async ([name], options) => {
      const { until, why } = options;
      const body = { why, ...(until === undefined ? {} : { until }) };
      const where = `${addressOf(name, options.all, pathOf)}/pause`;
      const pause = await (await context.client()).call("POST", where, pauseResource, { body });
      if (options.output !== "table") printValue(io, options.output === "yaml" ? "yaml" : "json", pause);
      const end = pause.until === null ? "until it is resumed" : `until ${pause.until}`;
      say(io, options, `${name ?? "everything"} is paused ${end}`);
      return exit.ok;
    },
  );
  addCommand<{ all?: boolean }>(
    context,
    noun,
    {
      usage: "resume [name]",
      about: "take moments again",
      with: (command) => command.option("--all", "what was paused with --all"),
    },
    async ([name], options) => {
      const where = `${addressOf(name, options.all, pathOf)}/resume`;
      await (await context.client()).call("POST", where, nothing);
      say(io, options, `${name ?? "everything"} goes on`);
      return exit.ok;
    },
  );
}

function addressOf(
  name: string | undefined,
  all: boolean | undefined,
  pathOf: (name: string) => string,
): string {
  if ((name === undefined) !== (all === true))
    throw new CliError("say either a name or --all", { exitCode: exit.usage });
  return name === undefined ? "/api/v1" : pathOf(name);
}
