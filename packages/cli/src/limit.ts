/** `--limit`: how many items of a list are shown. */
import { type Command, InvalidArgumentError } from "commander";
import { type CommonOptions, say } from "./context.ts";
import type { Io } from "./io.ts";

const LIMIT_DEFAULT = 100;
/** For lists that are shown whole as well. */
export const LIMIT_MAX = 1_000_000;

export function limitOption(command: Command): Command {
  return command.option("--limit <count>", "how many at most", countOf, LIMIT_DEFAULT);
}

export function moreHint(io: Io, options: CommonOptions & { limit: number }, more: boolean): void {
  if (more) say(io, options, `there are more than these ${options.limit}: --limit`);
}

function countOf(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= LIMIT_MAX) return count;
  throw new InvalidArgumentError(`say a whole number from 1 to ${LIMIT_MAX}`);
}
