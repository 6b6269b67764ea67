/** `coeval control` and `coeval agent`: processes that run until they are told to stop. */
import { CliError } from "@coeval/cli/failure";
import type { Io } from "@coeval/cli/io";
import type { ProcessCommand } from "@coeval/cli/process-command";
import { explain, toFailure } from "@coeval/core/errors";
import { readSmallText } from "@coeval/platform/local-files";

const TOKEN_BYTES_MAX = 4096;

type Flags = Readonly<Record<string, string | boolean | undefined>>;

export function controlCommand(io: Io): ProcessCommand {
  return {
    words: ["control"],
    about: "the control device: steers, keeps the record, answers people; away from the primary cluster",
    flags: [
      { form: "--data <dir>", about: "its data folder; one process at a time", required: true },
      { form: "--listen <host:port>", about: "REST, for people and their tools", default: "127.0.0.1:7443" },
      { form: "--link <host:port>", about: "where agents connect", default: "127.0.0.1:7444" },
      {
        form: "--advertise <host>",
        about: "the host that tokens and certificates name, when it is not the bound one",
      },
      {
        form: "--clock <source>",
        about: "the one clock of all: ntp://HOST[:PORT], or control for its own; kept for later starts",
      },
      { form: "--log-file <file>", about: "the log; without it, stderr" },
    ],
    run: (flags) =>
      told(async () => {
        // Loaded when it runs: every other command starts 0.5 s sooner without it.
        const { startControl } = await import("./control.ts");
        const control = await startControl({
          data: text(flags, "data"),
          listen: text(flags, "listen"),
          link: text(flags, "link"),
          ...optional(flags, "advertise", "advertise"),
          ...optional(flags, "clock", "clock"),
          ...optional(flags, "logFile", "logFile"),
        });
        io.stderr.write(`coeval control is up: REST ${control.url}, agents ${control.linkAddress}\n`);
        io.stderr.write(
          `log in: coeval login ${control.url} --token-file ${control.tokenFile} --ca ${control.caFile}\n`,
        );
        await untilStopped();
        await control.stop();
        return 0;
      }),
  };
}

export function agentCommand(io: Io): ProcessCommand {
  return {
    words: ["agent"],
    about: "the process beside a cluster; list, revoke",
    flags: [
      { form: "--data <dir>", about: "its data folder; one process at a time", required: true },
      { form: "--token-file <file>", about: "the enrolment token; needed once" },
      {
        form: "--listen <host:port>",
        about: "where the other cluster's agent connects",
        default: "127.0.0.1:0",
      },
      {
        form: "--allow-read <paths>",
        about: "first start: directories it may snapshot and read, comma between",
      },
      {
        form: "--allow-write <paths>",
        about: "first start: directories that holding directories may lie in, comma between",
      },
      {
        form: "--clock <url>",
        about: "ntp://HOST[:PORT]: the server that is the clock, by the name it has here, if it has another",
      },
      { form: "--keytab <file>", about: "of a cluster with Kerberos: the file with this agent's key" },
      { form: "--principal <name@realm>", about: "beside --keytab: whose key it is" },
      {
        form: "--hadoop-conf <dir>",
        about: "a folder with core-site.xml and hdfs-site.xml: nameservices, principals, protections",
      },
      { form: "--log-file <file>", about: "the log; without it, stderr" },
    ],
    run: (flags) =>
      told(async () => {
        const { tokenFile } = flags;
        const { startAgent } = await import("./agent.ts");
        const agent = await startAgent({
          data: text(flags, "data"),
          token: typeof tokenFile === "string" ? readSmallText(tokenFile, TOKEN_BYTES_MAX) : null,
          listen: text(flags, "listen"),
          firstLimits: { read: paths(flags["allowRead"]), write: paths(flags["allowWrite"]) },
          local: {
            ...optional(flags, "keytab", "keytab"),
            ...optional(flags, "principal", "principal"),
            ...optional(flags, "hadoopConf", "hadoopConf"),
          },
          ...optional(flags, "clock", "clock"),
          ...optional(flags, "logFile", "logFile"),
        });
        io.stderr.write(`coeval agent of ${agent.cluster} is up: peers ${agent.dataAddress}\n`);
        const refused = await Promise.race([untilStopped().then(() => false), agent.over.then(() => true)]);
        if (refused) io.stderr.write("the control device refuses this agent for good; see the log\n");
        await agent.stop();
        return refused ? 1 : 0;
      }),
  };
}

/** A failure of the catalogue as a person is told it. */
async function told(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (cause) {
    const { code, message } = toFailure(cause);
    if (code === "defect" || cause instanceof CliError) throw cause;
    throw new CliError(message, { hint: explain(code).hint, cause });
  }
}

function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}

function text(flags: Flags, name: string): string {
  return String(flags[name]);
}

function optional<K extends string>(flags: Flags, name: string, as: K): { [key in K]?: string } {
  const value = flags[name];
  return typeof value === "string" ? ({ [as]: value } as { [key in K]?: string }) : {};
}

function paths(value: string | boolean | undefined): string[] {
  return typeof value === "string" ? value.split(",").filter((path) => path !== "") : [];
}
