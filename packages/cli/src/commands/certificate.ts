/** `certificate get|check`; check needs no control device. */
import { certificateSchema } from "@coeval/contract/wire/certificate";
import type { Command } from "commander";
import { addCommand, type Context, say } from "../context.ts";
import { exit } from "../exit.ts";
import { CliError, printable } from "../failure.ts";
import { printValue } from "../output.ts";
import { pointPath } from "../paths.ts";

export function addCertificate(program: Command, context: Context): void {
  const certificate = program.command("certificate").description("the proof of a recovery point");
  const { io } = context;
  addCommand(
    context,
    certificate,
    { usage: "get <point>", about: "a point's certificate, as it is checked" },
    async ([id = ""], options) => {
      const found = await (await context.client()).call(
        "GET",
        `${pointPath(id)}/certificate`,
        certificateSchema,
      );
      if (options.output === "name") io.stdout.write(`certificate/${id}\n`);
      else printValue(io, options.output === "yaml" ? "yaml" : "json", found);
      return exit.ok;
    },
  );
  addCommand<{ authority?: string }>(
    context,
    certificate,
    {
      usage: "check <file-or-folder>",
      about: "check certificates with nothing but themselves; a folder is checked as a chain",
      with: (command) =>
        command.option("--authority <sha256>", "the authority's fingerprint, as enrolment tokens carry it"),
    },
    async ([path = ""], options) => {
      const { authority } = options;
      if (authority !== undefined && !/^[0-9a-f]{64}$/.test(authority))
        throw new CliError("--authority is a SHA-256 in lower-case hex", { exitCode: exit.usage });
      const report = await context.checkCertificates(path, authority ?? null).catch((cause: unknown) => {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new CliError(`${path} cannot be checked: ${why}`, { exitCode: exit.usage, cause });
      });
      if (options.output === "json" || options.output === "yaml") printValue(io, options.output, report);
      else
        for (const { file, service, point, moment, grade, wrong } of report.certificates) {
          const verdict = wrong.length === 0 ? "holds" : "DOES NOT HOLD";
          io.stdout.write(
            options.output === "name"
              ? `certificate/${point}\n`
              : `${file}: ${service} ${point} ${moment} ${grade}: ${verdict}\n`,
          );
          for (const text of wrong) io.stderr.write(`  ✘ ${printable(text)}\n`);
        }
      for (const text of report.wrong) io.stderr.write(`✘ ${printable(text)}\n`);
      const many = report.certificates.length;
      say(io, options, report.ok ? `${many} checked, all hold` : `${many} checked; not all hold`);
      return report.ok ? exit.ok : exit.failed;
    },
  );
}
