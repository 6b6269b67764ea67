/** `config validate`: reads documents and tells every wrong place; needs no control device. */
import type { Command } from "commander";
import { addCommand, type Context, say } from "../context.ts";
import { readDocuments } from "../document-file.ts";
import { exit } from "../exit.ts";
import { printValue } from "../output.ts";

export function addConfig(program: Command, context: Context): void {
  const config = program.command("config").description("documents in YAML");
  const { io } = context;
  addCommand<{ file: string[] }>(
    context,
    config,
    {
      usage: "validate",
      about: "tell every wrong place of documents, as file:line:column",
      with: (command) => command.requiredOption("-f, --file <file...>", "YAML; - is stdin"),
    },
    async (_names, options) => {
      const documents = (await readDocuments(io, options.file)).map(({ document }) => document);
      if (options.output === "json" || options.output === "yaml")
        printValue(io, options.output, { items: documents });
      else
        for (const { kind, metadata } of documents)
          io.stdout.write(`${kind.toLowerCase()}/${metadata.name}\n`);
      say(io, options, "well-formed; `coeval service check -f F` asks the clusters too");
      return exit.ok;
    },
  );
}
