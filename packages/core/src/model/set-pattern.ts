/**
 * A data set written as a pattern of paths, `/data/tenants/*`: each directory that it means at a moment is a data set of its own.
 * The names of a pattern are globs (model/glob.ts); what it means is looked up on the primary, before each moment and right after it.
 */
import { CoevalError } from "../errors.ts";
import type { Hash } from "../ports/hash.ts";
import { MAX_NAME_CHARS } from "./cluster.ts";
import type { DataSet } from "./data-set.ts";
import { compileGlob, isGlob } from "./glob.ts";
import { isWithin, relativeTo } from "./path.ts";

/** A pattern, and what becomes of a moment at which one of its directories cannot be taken. */
export interface SetPattern {
  /** Name of the definition's data set; the names of what it means begin with it. */
  readonly name: string;
  readonly path: string;
  /** `refuse`: no point. `mark`: a point that names what it does not hold. Dangerous, so never defaulted. */
  readonly onUncovered: OnUncovered;
}

/** What becomes of a moment when a directory of a pattern cannot be taken. */
export type OnUncovered = "refuse" | "mark";

/** A directory of a pattern that is in no snapshot. */
export interface Uncovered {
  readonly path: string;
  /** Why, in words, with the command that mends it where there is one. */
  readonly why: string;
}

/** The patterns among the data sets of a definition. */
export function patternsOf(sets: readonly DataSet[]): SetPattern[] {
  return sets.flatMap(({ name, path, onUncovered }) =>
    onUncovered === undefined ? [] : [{ name, path, onUncovered }],
  );
}

/** The directory above the first name that is a glob: everything that the pattern means lies below it. */
export function fixedPrefix(pattern: string): string {
  const names = pattern.split("/").slice(1);
  const first = names.findIndex(isGlob);
  const fixed = names.slice(0, first < 0 ? -1 : first).map((name) => compileGlob(name).literal ?? name);
  return `/${fixed.join("/")}`;
}

/**
 * Refuses a path that is a pattern without `onUncovered`, and the other way round.
 * @throws CoevalError `bad-input` for that, and for names that are no globs.
 */
export function checkSetPattern({ path, onUncovered }: Pick<DataSet, "path" | "onUncovered">): void {
  const names = path.split("/").slice(1);
  const globs = names.some(isGlob);
  if (globs && onUncovered === undefined) {
    const why = "is a pattern; say what becomes of a moment when one of its directories allows no snapshots";
    throw new CoevalError("bad-input", `${path} ${why}: onUncovered: refuse, or mark`);
  }
  if (onUncovered === undefined) return;
  if (!globs) throw new CoevalError("bad-input", `${path} is no pattern; take onUncovered out`);
  for (const name of names) {
    if (name.includes("**"))
      throw new CoevalError(
        "bad-input",
        `${path}: '**' stands for nothing here; write a '*' for each directory`,
      );
    compileGlob(name);
  }
}

/** True when the two could mean directories of which one lies in the other. Either may be a plain path. */
export function mayNest(
  a: Pick<DataSet, "path" | "onUncovered">,
  b: Pick<DataSet, "path" | "onUncovered">,
): boolean {
  const left = stepsOf(a);
  const right = stepsOf(b);
  const shared = Math.min(left.length, right.length);
  return left.slice(0, shared).every((step, index) => mayMeet(step, right[index] as Step));
}

/**
 * The name of one directory of a pattern: the same for ever, whichever others come and go. Told by the path below the fixed prefix; what
 * cannot be written as a name is told apart by a hash.
 * @param hash of the agent's world.
 */
export function namedWithin({ name, path: pattern }: SetPattern, path: string, hash: Hash): string {
  const prefix = fixedPrefix(pattern);
  const relative = isWithin(path, prefix) ? relativeTo(path, prefix) : path;
  const fitting = relative
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  const whole = `${name}-${fitting}`;
  if (fitting === relative && whole.length <= MAX_NAME_CHARS) return whole;
  const mark = hash.sha256().update(path).hex().slice(0, HASH_CHARS);
  const cut = `${name}-${fitting}`.slice(0, MAX_NAME_CHARS - HASH_CHARS - 1).replaceAll(/-+$/g, "");
  return `${cut}-${mark}`;
}

/** Of the hash that tells paths apart which look alike as names. */
const HASH_CHARS = 12;

/** One name: a glob, or exactly this. */
type Step = { readonly glob: string } | { readonly literal: string };

function stepsOf({ path, onUncovered }: Pick<DataSet, "path" | "onUncovered">): Step[] {
  const names = path.split("/").slice(1);
  if (onUncovered === undefined) return names.map((literal) => ({ literal }));
  return names.map((name) =>
    isGlob(name) ? { glob: name } : { literal: compileGlob(name).literal ?? name },
  );
}

/** Two globs may meet unless they begin differently: what follows their first sign is not looked at. */
function mayMeet(a: Step, b: Step): boolean {
  if ("literal" in a && "literal" in b) return a.literal === b.literal;
  if ("literal" in a) return compileGlob((b as { glob: string }).glob).matches(a.literal);
  if ("literal" in b) return compileGlob(a.glob).matches(b.literal);
  const [x, y] = [beginning(a.glob), beginning(b.glob)];
  return x.startsWith(y) || y.startsWith(x);
}

function beginning(glob: string): string {
  return /^[^*?\\]*/.exec(glob)?.[0] ?? "";
}
