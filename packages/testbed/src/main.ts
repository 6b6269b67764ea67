/** `coeval testbed up|down`: real clusters for people, from a terminal. Data goes to stdout, messages to stderr. */
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { testbedDown } from "./down.ts";
import type { ClusterOptions } from "./options.ts";
import { testbedUp } from "./up.ts";
import { detach } from "./up-detached.ts";

const USAGE = `Usage: coeval testbed up   --dir DIR [--name NAME]… [--components hdfs] [--keep] [--detach] [-o json|name]
                           [--data-nodes N] [--ha [--journal-nodes 1|3]] [--kerberos]
       coeval testbed down --dir DIR [--remove]

up    starts real clusters (default: east and west), prints them as JSON once they serve, stays until Ctrl-C
      --keep      go on with the data an earlier run left in DIR; without it DIR's clusters start empty
      --detach    return once they serve; \`down\` ends them
      --data-nodes N   DataNodes of each cluster (default 1); files get 3 replicas, or as many as there are DataNodes
      --ha        two NameNodes that share their edits through JournalNodes (default 1); the first is active
      --kerberos  callers are known by Kerberos, of a realm of the cluster's own; calls and data are encrypted
      --capture-open-files   snapshots freeze the length of open files (Hadoop's default: they do not)
down  ends what \`up\` started in DIR, or what a crash left of it
      --remove    delete the clusters' folders as well
`;

const OK = 0;
const FAILED = 1;
const WRONG_USAGE = 2;

/** The words after \`coeval testbed\`; resolves with the exit code. */
export async function main(args: string[]): Promise<number> {
  const say = (line: string): void => void process.stderr.write(`testbed: ${line}\n`);
  const parsed = parse(args);
  if ("wrong" in parsed) {
    process.stderr.write(`testbed: ${parsed.wrong}\n${USAGE}`);
    return WRONG_USAGE;
  }
  if (parsed.verb === "help") {
    process.stdout.write(USAGE);
    return OK;
  }
  try {
    if (parsed.verb === "down") {
      await testbedDown({ dir: parsed.dir, remove: parsed.remove, progress: say });
      return OK;
    }
    const { dir, names, keepData, options, output } = parsed;
    if (parsed.detach)
      return await detach(
        dir,
        args.filter((word) => word !== "--detach"),
      );
    const clusters = Object.fromEntries(names.map((name) => [name, options]));
    return await testbedUp({ dir, clusters, keepData, output, progress: say });
  } catch (error) {
    say((error as Error).message.replace(/^testbed: /, ""));
    return FAILED;
  }
}

interface Words {
  readonly verb: "up" | "down" | "help";
  readonly dir: string;
  readonly names: readonly string[];
  readonly keepData: boolean;
  /** The same for each cluster. */
  readonly options: ClusterOptions;
  readonly detach: boolean;
  readonly remove: boolean;
  readonly output: "json" | "name";
}

const OPTIONS = {
  dir: { type: "string" },
  name: { type: "string", multiple: true, default: ["east", "west"] },
  components: { type: "string", default: "hdfs" },
  output: { type: "string", short: "o", default: "json" },
  keep: { type: "boolean", default: false },
  "data-nodes": { type: "string", default: "1" },
  ha: { type: "boolean", default: false },
  kerberos: { type: "boolean", default: false },
  "journal-nodes": { type: "string" },
  "capture-open-files": { type: "boolean", default: false },
  detach: { type: "boolean", default: false },
  remove: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} satisfies ParseArgsOptionsConfig;

function parse(args: string[]): Words | { wrong: string } {
  try {
    const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
    const [verb, ...more] = positionals;
    const asked = values.help ? "help" : verb;
    if (asked !== "up" && asked !== "down" && asked !== "help") {
      return { wrong: verb === undefined ? "say up or down" : `"${verb}" is neither up nor down` };
    }
    if (more.length > 0) return { wrong: `"${more[0]}" is one word too many` };
    if (values.dir === undefined && asked !== "help") return { wrong: "--dir DIR is missing" };
    if (values.components !== "hdfs")
      return { wrong: `--components ${values.components}: only hdfs exists yet` };
    if (values["journal-nodes"] !== undefined && !values.ha) return { wrong: "--journal-nodes is for --ha" };
    const { output } = values;
    if (output !== "json" && output !== "name") return { wrong: `-o ${output}: json or name` };
    return {
      verb: asked,
      dir: values.dir ?? "",
      names: [...new Set(values.name)],
      keepData: values.keep,
      options: {
        captureOpenFiles: values["capture-open-files"],
        dataNodes: Number(values["data-nodes"]),
        kerberos: values.kerberos ? {} : undefined,
        highAvailability: values.ha ? { journalNodes: Number(values["journal-nodes"] ?? 1) } : undefined,
      },
      detach: values.detach,
      remove: values.remove,
      output,
    };
  } catch (error) {
    return { wrong: (error as Error).message };
  }
}
