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
        ...Object.entries(given).flatMap(([name, value]) =>
          value === true ? [`--${name}`] : typeof value === "string" ? [`--${name}`, value] : [],
        ),
      ]);
    },
  };
}
