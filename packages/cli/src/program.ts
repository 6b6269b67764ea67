/** The command line: noun, then verb. The composition adds the commands that run processes. */
import { Command, CommanderError } from "commander";
import { addAgent } from "./commands/agent.ts";
import { addAudit } from "./commands/audit.ts";
import { addCertificate } from "./commands/certificate.ts";
import { addCluster } from "./commands/cluster.ts";
import { addConfig } from "./commands/config.ts";
import { addLogin } from "./commands/login.ts";
import { addPoint } from "./commands/point.ts";
import { addRun } from "./commands/run.ts";
import { addService } from "./commands/service.ts";
import { addStatus } from "./commands/status.ts";
import { addToken } from "./commands/token.ts";
import { type CheckCertificates, type Context, createContext } from "./context.ts";
import { type ExitCode, exit } from "./exit.ts";
import { tellFailure } from "./failure.ts";
import { addProcesses, type ProcessCommand } from "./process-command.ts";
import type { Io } from "./io.ts";

export interface CliOptions {
  readonly io: Io;
  readonly version: string;
  readonly checkCertificates: CheckCertificates;
  /** `control`, `agent`, `testbed up` …: what runs in this process. */
  readonly commands: readonly ProcessCommand[];
}

/** Runs one command line (without node and script). @returns the exit code. */
export async function runCli(options: CliOptions, words: readonly string[]): Promise<number> {
  const context = createContext(options.io, options.checkCertificates);
  try {
    await buildProgram(options, context).parseAsync(words, { from: "user" });
    return context.exitCode;
  } catch (failure) {
    if (failure instanceof CommanderError) return failure.exitCode === 0 ? exit.ok : exit.usage;
    return tellFailure(options.io, failure);
  } finally {
    context.close();
  }
}

/** The whole tree of commands. */
export function buildProgram(options: CliOptions, context: Context): Command {
  const { io } = options;
  const program = new Command("coeval")
    .description("Keeps the services of a Hadoop cluster recoverable on another cluster.")
    .version(options.version)
    .addHelpText("after", EXIT_CODES);
  addLogin(program, context);
  addToken(program, context);
  addCluster(program, context);
  addService(program, context);
  addRun(program, context);
  addPoint(program, context);
  addCertificate(program, context);
  addStatus(program, context);
  addAudit(program, context);
  addConfig(program, context);
  const agent = program.command("agent").description("the process beside a cluster; list, revoke");
  addAgent(agent, context);
  addProcesses(program, options.commands, (code) => {
    context.exitCode = code as ExitCode;
  });
  each(program, (command) => {
    command.exitOverride();
    command.configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns,
      getErrHelpWidth: () => io.stderr.columns,
    });
    command.showHelpAfterError(`(${pathOf(command)} --help tells more)`);
  });
  return program;
}

const EXIT_CODES = `
Exit codes: 0 ok · 1 failed · 2 usage · 3 done, but graded below what was asked · 4 not found · 5 not allowed · 6 conflict · 130 left`;

function each(command: Command, act: (command: Command) => void): void {
  act(command);
  for (const child of command.commands) each(child, act);
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
