/** Asks before something is destroyed. Without a terminal there is nobody to ask, so `--yes` must be said. */
import { exit } from "./exit.ts";
import { CliError } from "./failure.ts";
import type { Io } from "./io.ts";

/** @param name what has to be typed. @throws CliError when it was not agreed to. */
export async function confirm(io: Io, yes: boolean, what: string, name: string): Promise<void> {
  if (yes) return;
  const answer = await io.ask(`${what}\nType ${name} to go on: `);
  if (answer === null)
    throw new CliError(`${what}: nobody can be asked here`, { exitCode: exit.usage, hint: "say --yes" });
  if (answer.trim() !== name)
    throw new CliError("not confirmed; nothing was done", { exitCode: exit.failed });
}
