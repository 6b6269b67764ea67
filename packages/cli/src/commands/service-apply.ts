/** `service apply`: shows what it means on the clusters, then makes all of it so, or none. */
import { type AppliedServices, appliedServices } from "@coeval/contract/api/service";
import type { FindingResource } from "@coeval/contract/api/finding";
import { serviceOf } from "@coeval/contract/api/service-document";
import type { Command } from "commander";
import { addCommand, type CommonOptions, type Context, say } from "../context.ts";
import { type PlacedDocument, readDocuments } from "../document-file.ts";
import { exit } from "../exit.ts";
import { CliError, RefusedError } from "../failure.ts";
import { tellFindings } from "../findings.ts";
import type { Io } from "../io.ts";
import { printValue } from "../output.ts";

export function addApply(service: Command, context: Context): void {
  const { io } = context;
  addCommand<{ file: string[]; dryRun?: boolean }>(
    context,
    service,
    {
      usage: "apply",
      about: "make services be as the files say: all of them or none",
      with: (command) =>
        command
          .requiredOption("-f, --file <file...>", "documents of kind Service; - is stdin")
          .option("--dry-run", "tell what would happen, change nothing"),
    },
    async (_names, options) => {
      const documents = await readServices(io, options.file);
      const planned = await send(context, documents, { dryRun: "true" });
      tellPlanned(io, options, documents, planned);
      if (options.dryRun || planned.blocked) {
        if (!planned.blocked || options.output !== "table") print(io, options, planned);
        say(
          io,
          options,
          planned.blocked ? "refused as shown above; nothing was changed" : "nothing was changed",
        );
        return planned.blocked ? exit.conflict : exit.ok;
      }
      await agree(io, options, planned);
      print(io, options, await send(context, documents, { dryRun: "false" }));
      for (const one of planned.services)
        if (one.action === "created") say(io, options, `next: coeval service protect ${one.name} --wait`);
      return exit.ok;
    },
  );
}

/** What it means for each service; where something is refused, that alone and where it stands: of a thousand nobody finds the one. */
function tellPlanned(
  io: Io,
  options: CommonOptions,
  documents: readonly PlacedDocument[],
  { services, blocked }: AppliedServices,
): void {
  for (const [index, { name, action, findings }] of services.entries()) {
    const refused = findings.find(({ level }) => level === "blocks");
    if (blocked ? !refused : options.quiet || findings.length === 0) continue;
    const place = refused ? `${placeOfFinding(documents[index], refused)}: ` : "";
    io.stderr.write(`${place}service ${name}, ${action}:\n`);
    tellFindings(
      io,
      io.stderr,
      options.quiet ? findings.filter(({ level }) => level === "blocks") : findings,
    );
  }
}

/** The line of the data set that it is about, else of the service's name. */
function placeOfFinding(placed: PlacedDocument | undefined, { set }: FindingResource): string {
  if (placed?.document.kind !== "Service") return "";
  const at = serviceOf(placed.document).dataSets.findIndex(({ name }) => name === set);
  return placed.place(at < 0 ? "/metadata/name" : `/spec/dataSets/${at}/hdfs`);
}

/** A dry run of the files that also measures what the first runs take. */
export async function measure(context: Context, files: readonly string[]): Promise<AppliedServices> {
  const query = { dryRun: "true", measure: "true" };
  return send(context, await readServices(context.io, files), query);
}

async function readServices(io: Io, files: readonly string[]): Promise<PlacedDocument[]> {
  const documents = await readDocuments(io, files);
  for (const { document, place } of documents)
    if (document.kind !== "Service")
      throw new CliError(`${place("/kind")}: a ${document.kind}, not a Service`, {
        exitCode: exit.usage,
        hint: "clusters are added: coeval cluster add -f F",
      });
  return documents;
}

async function send(
  context: Context,
  documents: readonly PlacedDocument[],
  query: { readonly dryRun: string; readonly measure?: string },
): Promise<AppliedServices> {
  const client = await context.client();
  const body = { services: documents.map(({ document }) => document) };
  try {
    return await client.call("POST", "/api/v1/services", appliedServices, {
      body,
      query,
    });
  } catch (failure) {
    throw failure instanceof RefusedError
      ? new RefusedError(failure.problem, (pointer) => placeOf(documents, pointer))
      : failure;
  }
}

/** `#/services/1/spec/…` of the body as a place of the file that the second document came from. */
function placeOf(documents: readonly PlacedDocument[], pointer: string): string | null {
  const [, index, inside = ""] = /^#\/services\/(\d+)(\/.*)?$/.exec(pointer) ?? [];
  return index === undefined ? null : (documents[Number(index)]?.place(inside) ?? null);
}

/** On a terminal what changes production is agreed to first; a script has shown its will by running. */
async function agree(io: Io, options: CommonOptions, planned: AppliedServices): Promise<void> {
  const warned = planned.services.some(({ findings }) => findings.some((one) => one.level === "warns"));
  if (!warned || options.yes) return;
  const answer = await io.ask("Apply all the same? [y/N] ");
  if (answer !== null && !/^y(es)?$/i.test(answer.trim()))
    throw new CliError("not confirmed; nothing was changed");
}

function print(io: Io, options: CommonOptions, applied: AppliedServices): void {
  if (options.output === "json" || options.output === "yaml") return printValue(io, options.output, applied);
  for (const { name, action } of applied.services)
    io.stdout.write(
      options.output === "name"
        ? `service/${name}\n`
        : `service/${name} ${applied.dryRun ? "would be " : ""}${action}\n`,
    );
  return undefined;
}
