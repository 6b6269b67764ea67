/** `coeval testbed …`: real clusters for people, in the repository only; the testbed reads its words itself. */
import type { ProcessCommand } from "@coeval/cli/process-command";

export const testbedCommand: ProcessCommand = {
  words: ["testbed"],
  about: "up|down: real clusters on this machine; `coeval testbed --help` tells more",
  flags: "own",
  run: async (_, words) => {
    const { main } = await import("@coeval/testbed/main");
    return main([...words]);
  },
};
