/** Refusal: why snapshots that were taken must not become a point. */
import { CoevalError } from "../errors.ts";
import { formatInstant } from "../model/instant.ts";
import type { Result } from "./instruction.ts";
import type { Run } from "./run.ts";
import type { Grade } from "./snapshot.ts";

type Taken = Extract<Result, { step: "take-snapshots" }>;

/** Directories told in a message. */
const APPEARED_TOLD_MAX = 5;

/** Null when they may. `run` knows the source's identity already, if the agent said it. */
export function refusalOf(run: Run, result: Taken, grade: Grade): CoevalError | null {
  return refuseTaken(run, result, grade) ?? refuseAppeared(run, result);
}

function refuseTaken(run: Run, result: Taken, grade: Grade): CoevalError | null {
  const { tolerance } = run.service.policy;
  const { source } = run;
  if (!source.identity)
    return new CoevalError("protocol", `the agent of ${source.cluster} does not say which cluster that is`);
  if (result.clock.stepMs > tolerance.windowMs) {
    const figures = `${result.clock.stepMs} ms, tolerated are ${tolerance.windowMs} ms`;
    return new CoevalError("clock-unproven", `the shared clock stepped around the moment by ${figures}`);
  }
  if (grade.kind === "torn" && tolerance.beyond === "refuse") {
    const firstMs = Math.round(Math.min(...result.receipts.map(({ earliest }) => earliest)) - run.moment);
    const figures = `${firstMs} to ${grade.windowMs} ms after ${formatInstant(run.moment)}, tolerated are 0 to ${tolerance.windowMs} ms`;
    return new CoevalError("torn", `the snapshots may lie ${figures}`);
  }
  if (result.openFiles.kind === "unknown" && tolerance.openFiles === "refuse")
    return new CoevalError("open-files-unknown", result.openFiles.why ?? "open files are unknown");
  return null;
}

/** A directory of a pattern that came between the looking and the moment: it is in no snapshot of this run, or in none by name. */
function refuseAppeared({ patterns }: Run, { appeared = [] }: Taken): CoevalError | null {
  const refusing = new Set(
    patterns?.all.filter(({ onUncovered }) => onUncovered === "refuse").map(({ name }) => name),
  );
  const [first, ...more] = appeared.filter(({ pattern }) => refusing.has(pattern)).map(({ path }) => path);
  if (first === undefined) return null;
  const what = `${[first, ...more].slice(0, APPEARED_TOLD_MAX).join(", ")} came just before the moment`;
  return new CoevalError(
    "uncovered",
    `${what} and is not held; the next moment takes it, or names what forbids it`,
  );
}
