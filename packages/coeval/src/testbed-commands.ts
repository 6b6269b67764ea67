/** `coeval testbed up|down`: two real clusters; in the repository only. */
import type { ProcessCommand, ProcessFlag } from "@coeval/cli/process-command";

const FOLDER: ProcessFlag = {
  form: "--dir <dir>",
  about: "the folder that the clusters live in",
  required: true,
};

export function testbedCommands(): ProcessCommand[] {
  return [
    testbedCommand("up", "two real HDFS clusters on this machine, until Ctrl-C", [
      FOLDER,
      { form: "--components <list>", about: "what they consist of", default: "hdfs" },
      { form: "-o, --output <format>", about: "json", default: "json" },
      { form: "--detach", about: "return when they are up; `down` ends them" },
      { form: "--keep", about: "keep what an earlier one left in the folder" },
      { form: "--name <name>", about: "one cluster of this name, in place of east and west" },
      { form: "--data-nodes <n>", about: "DataNodes of each cluster", default: "1" },
      { form: "--ha", about: "two NameNodes each, with JournalNodes; the first is active" },
      { form: "--journal-nodes <n>", about: "with --ha: 1 or 3 (without: 1)" },
      {
        form: "--kerberos",
        about: "callers known by Kerberos, of a realm of each cluster's own; all encrypted",
      },
    ]),
    testbedCommand("down", "ends the clusters of a folder, whoever started them", [FOLDER]),
  ];
}

function testbedCommand(verb: string, about: string, flags: readonly ProcessFlag[]): ProcessCommand {
  return {
    words: ["testbed", verb],
    about,
    flags,
    run: async (given) => {
      const { main } = await import("@coeval/testbed/main");
      return main([
        verb,
        ...Object.entries(given).flatMap(([key, value]) => {
          const name = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
          return value === true ? [`--${name}`] : typeof value === "string" ? [`--${name}`, value] : [];
        }),
      ]);
    },
  };
}
