/** A command that did not do what was asked: what failed, why, and what to do next. */
import { CoevalError, type Problem, problemOf } from "@coeval/contract/api/problem";
import { type ExitCode, exit, exitOfStatus } from "./exit.ts";
import type { Io } from "./io.ts";

export class CliError extends Error {
  readonly exitCode: ExitCode;
  /** Places and sentences below the first line. */
  readonly details: readonly string[];
  readonly hint: string | null;

  constructor(
    message: string,
    more: { exitCode?: ExitCode; details?: readonly string[]; hint?: string; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = "CliError";
    this.exitCode = more.exitCode ?? exit.failed;
    this.details = more.details ?? [];
    this.hint = more.hint ?? null;
  }
}

/** The same for a refusal of the control device. Its pointers may be turned into places of a file by `place`. */
export class RefusedError extends CliError {
  readonly problem: Problem;

  constructor(problem: Problem, place: (pointer: string) => string | null = () => null) {
    const fields = (problem.errors ?? []).map(({ pointer, detail }) => {
      const where = place(pointer);
      return where === null ? `${pointer.replace(/^#\//, "")}: ${detail}` : `${where}: ${detail}`;
    });
    const evidence = (problem.evidence ?? []).map((text) => `- ${text}`);
    // One wrong field that says the same as the first line would only repeat it, unless it tells the place.
    const told = fields.length === 1 && place(problem.errors?.[0]?.pointer ?? "") === null ? [] : fields;
    super(problem.detail, {
      exitCode: exitOfStatus(problem.status),
      details: [...told, ...evidence],
      hint: problem.hint,
    });
    this.name = "RefusedError";
    this.problem = problem;
  }
}

/** Tells a failure on stderr. @returns its exit code. */
export function tellFailure(io: Io, failure: unknown): ExitCode {
  const thrown = failure instanceof CoevalError ? new RefusedError(problemOf(failure)) : failure;
  if (!(thrown instanceof CliError)) {
    const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    io.stderr.write(`defect: ${text}\nPlease report it.\n`);
    return exit.failed;
  }
  io.stderr.write(`error: ${printable(thrown.message)}\n`);
  for (const line of thrown.details) io.stderr.write(`  ${printable(line)}\n`);
  if (thrown.hint !== null) io.stderr.write(`hint: ${printable(thrown.hint)}\n`);
  if (thrown instanceof RefusedError) {
    const { code, retry } = thrown.problem;
    const again = { now: "may work at once", later: "may work later", never: "will not help" }[retry];
    io.stderr.write(`code: ${code}; trying the same again ${again}\n`);
  }
  return thrown.exitCode;
}

/** What names the cause. */
export function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

/** Text from elsewhere must not steer the terminal. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, (char) => (char === "\n" ? "\n  " : "\uFFFD"));
}
