/** `./coeval`: the command line of everything. */
import { runCli } from "@coeval/cli/program";
import { processIo } from "@coeval/cli/io";
import { createClock } from "@coeval/platform/clock";
import { agentCommand, controlCommand } from "./process-commands.ts";
import { reportCertificates } from "./certificate-report.ts";
import { testbedCommand } from "./testbed-commands.ts";
import { VERSION } from "./version.ts";

const io = processIo(createClock());
process.exitCode = await runCli(
  {
    io,
    version: VERSION,
    checkCertificates: reportCertificates,
    commands: [controlCommand(io), agentCommand(io), testbedCommand],
  },
  process.argv.slice(2),
);
