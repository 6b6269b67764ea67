/** What every command is given: the outside, the connection, and how it ends. */
import { type Command, InvalidArgumentError } from "commander";
import { type Client, createClient } from "./client.ts";
import { loadLogin } from "./config.ts";
import { type ExitCode, exit } from "./exit.ts";
import type { Io } from "./io.ts";
import { FORMATS, type Format } from "./output.ts";

export interface Context {
  readonly io: Io;
  /** Checks certificates offline; given by the composition. */
  readonly checkCertificates: CheckCertificates;
  /** The connection to the control device; made at the first call. @throws CliError when nobody is logged in. */
  client(): Promise<Client>;
  /** Ends what was opened. */
  close(): void;
  exitCode: ExitCode;
}

/**
 * Checks a certificate file, or a folder of them as one chain, with nothing else.
 * `authority`: SHA-256 (hex) of the authority that must have certified the signers; null takes any.
 */
export type CheckCertificates = (path: string, authority: string | null) => Promise<CertificateReport>;

export interface CertificateReport {
  readonly ok: boolean;
  readonly certificates: readonly {
    readonly file: string;
    readonly point: string;
    readonly service: string;
    readonly moment: string;
    readonly grade: string;
    /** What is wrong, in words; empty when all holds. */
    readonly wrong: readonly string[];
  }[];
  /** What is wrong with the folder as a whole, e.g. a file that is no certificate. */
  readonly wrong: readonly string[];
}

export function createContext(io: Io, checkCertificates: CheckCertificates): Context {
  let client: Client | null = null;
  return {
    io,
    checkCertificates,
    async client() {
      client ??= createClient(await loadLogin(io));
      return client;
    },
    close: () => client?.close(),
    exitCode: exit.ok,
  };
}

/** What every command takes besides its own. */
export interface CommonOptions {
  readonly output: Format;
  readonly quiet?: boolean;
  readonly yes?: boolean;
}

type Act<Options> = (names: string[], options: Options & CommonOptions) => Promise<ExitCode | undefined>;

/** Adds a command below `parent`. `act` gets the positional words and the options; its number is the exit code. */
export function addCommand<Options extends object>(
  context: Context,
  parent: Command,
  form: { readonly usage: string; readonly about: string; readonly with?: (command: Command) => Command },
  act: Act<Options>,
): void {
  const command = parent
    .command(form.usage)
    .description(form.about)
    .option("-o, --output <format>", FORMATS.join("|"), oneOfFormats, "table")
    .option("-q, --quiet", "no messages, no progress")
    .option("-y, --yes", "ask nothing");
  (form.with?.(command) ?? command).action(async (...given: unknown[]) => {
    const names = given
      .slice(0, -2)
      .flat()
      .filter((name) => name !== undefined)
      .map(String);
    context.exitCode = (await act(names, command.opts())) ?? exit.ok;
  });
}

/** A sentence for the person, on stderr. */
export function say(io: Io, options: CommonOptions, text: string): void {
  if (!options.quiet) io.stderr.write(`${text}\n`);
}

function oneOfFormats(text: string): Format {
  const found = FORMATS.find((format) => format === text);
  if (found) return found;
  throw new InvalidArgumentError(`say one of ${FORMATS.join(", ")}`);
}
