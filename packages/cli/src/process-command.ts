/** Commands that the composition gives: they run processes, so this package cannot know how. */
import type { Command } from "commander";
import { exit } from "./exit.ts";
import { CliError } from "./failure.ts";

export interface ProcessCommand {
  /** `["control"]`, `["testbed", "up"]`. */
  readonly words: readonly string[];
  readonly about: string;
  /** `own`: it reads its words, flags among them, by itself, `--help` too. */
  readonly flags: readonly ProcessFlag[] | "own";
  /** The exit code is what it resolves with. Failures that are told to people are CliErrors. */
  readonly run: (
    flags: Readonly<Record<string, string | boolean | undefined>>,
    words: readonly string[],
  ) => Promise<number>;
}

export interface ProcessFlag {
  /** `--data <dir>`, `--keep`; what is in angle brackets is a value. */
  readonly form: string;
  readonly about: string;
  readonly required?: boolean;
  readonly default?: string;
}

/** Adds them below `program`. @param end takes the exit code. */
export function addProcesses(
  program: Command,
  commands: readonly ProcessCommand[],
  end: (code: number) => void,
): void {
  for (const { words, about, flags, run } of commands) {
    let command = program;
    for (const word of words)
      command = command.commands.find((child) => child.name() === word) ?? command.command(word);
    command.description(about);
    if (flags === "own") {
      command.helpOption(false).allowUnknownOption().argument("[words...]", "its own words");
      command.action(async (read: string[]) => end(await run({}, read)));
      continue;
    }
    for (const { form, about: meaning, required, default: value } of flags)
      command.option(form, required ? `${meaning} (required)` : meaning, value);
    const asked = command;
    command.action(async () => {
      // Not commander's own check: that one would ask for them before `agent list` too.
      const given: Record<string, string | boolean | undefined> = asked.opts();
      const missing = asked.options.find(
        (option) =>
          given[option.attributeName()] === undefined &&
          flags.some(({ form, required }) => required && form === option.flags),
      );
      if (missing) throw new CliError(`${missing.flags} must be said`, { exitCode: exit.usage });
      end(await run(given, []));
    });
  }
}
