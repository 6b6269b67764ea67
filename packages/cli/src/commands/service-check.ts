/** `service check`: what accepting a service means on both clusters and what its first run takes, before anything is done. */
import { checkedService } from "@coeval/contract/api/service";
import type { Command } from "commander";
import { addCommand, type Context, say } from "../context.ts";
import { tellEstimate } from "../estimate-view.ts";
import { exit } from "../exit.ts";
import { CliError } from "../failure.ts";
import { tellFindings } from "../findings.ts";
import { printValue } from "../output.ts";
import { servicePath } from "../paths.ts";
import { measure } from "./service-apply.ts";

/** What no service's name has, and a file's mostly does. */
const FILE_PATTERN = /[./]|^-$/;

export function addCheck(service: Command, context: Context): void {
  const { io } = context;
  addCommand<{ file?: string[] }>(
    context,
    service,
    {
      usage: "check [name-or-file]",
      about:
        "rights, sizes, space and time of the first run, and what changes in production; changes nothing",
      with: (command) => command.option("-f, --file <file...>", "one that is not applied yet; - is stdin"),
    },
    async ([given], options) => {
      const named = given !== undefined && !FILE_PATTERN.test(given) ? given : undefined;
      const files =
        given !== undefined && named === undefined ? [given, ...(options.file ?? [])] : options.file;
      if ((named === undefined) === (files === undefined))
        throw new CliError("say either a name or a file", { exitCode: exit.usage });
      const checked =
        named === undefined ? await ofFiles(context, files ?? []) : [await ofStored(context, named)];
      const blocked = checked.some(({ findings }) => findings.some((one) => one.level === "blocks"));
      if (options.output === "table")
        for (const { name, findings, estimate } of checked) {
          io.stdout.write(`service ${name}\n`);
          tellFindings(io, io.stdout, findings);
          tellEstimate(io.stdout, estimate);
        }
      else printValue(io, options.output === "yaml" ? "yaml" : "json", { blocked, services: checked });
      say(io, options, blocked ? "it would be refused" : "nothing forbids it");
      return blocked ? exit.conflict : exit.ok;
    },
  );
}

async function ofFiles(context: Context, files: readonly string[]) {
  const { services } = await measure(context, files);
  return services.map(({ estimate = null, ...rest }) => ({ ...rest, estimate }));
}

async function ofStored(context: Context, name: string) {
  const client = await context.client();
  return { name, ...(await client.call("POST", `${servicePath(name)}/check`, checkedService)) };
}
