/**
 * What of a data set a policy's filters leave alone: a question of the path and of whether it is a directory, of nothing else, so the
 * same answer on both sides and at every moment. Patterns are relative to the data set's directory:
 *
 *   `_temporary`, `*.tmp`   without `/`: the name, at any depth
 *   `logs/2026-*`           with `/`: from the data set's directory on
 *   `cache/` + `**` + `/x`  `**`: any number of directories, none among them
 *   `scratch/`              `/` at the end: directories alone
 *
 * What matches is meant with all that lies in it. `include` says what is kept, everything when it is empty, with the directories that
 * lead there; `exclude` then takes out of it.
 */
import { CoevalError } from "../errors.ts";
import { compileGlob, type Glob } from "./glob.ts";
import { type Filters, MAX_FILTER_CHARS } from "./policy.ts";

/** Filters, ready to be asked. */
export interface PathFilter {
  /** @param path relative to the data set's directory; that directory itself is never left out. */
  leavesOut(path: string, type: "file" | "directory"): boolean;
}

/** Leaves out nothing. */
export const EVERYTHING: PathFilter = { leavesOut: () => false };

/** Filters, ready to be asked. @throws CoevalError `bad-input` for a pattern that is none. */
export function compileFilters({ include, exclude }: Filters): PathFilter {
  if (include.length === 0 && exclude.length === 0) return EVERYTHING;
  const wanted = include.map(compilePattern);
  const unwanted = exclude.map(compilePattern);
  return {
    leavesOut(path, type) {
      if (path === "") return false;
      const names = path.split("/");
      if (unwanted.some((pattern) => pattern.reach(names, type) === "matched")) return true;
      if (wanted.length === 0) return false;
      const reached = wanted.map((pattern) => pattern.reach(names, type));
      return !reached.includes("matched") && !(type === "directory" && reached.includes("leads"));
    },
  };
}

/** Refuses what is no pattern of a filter. @throws CoevalError `bad-input` saying why. */
export function checkPattern(text: string): void {
  compilePattern(text);
}

/** How far a path comes: it, or a directory above it, matches; what lies in it could; neither. */
type Reach = "matched" | "leads" | "apart";

interface Pattern {
  reach(names: readonly string[], type: "file" | "directory"): Reach;
}

/** A name's glob, or any number of directories. */
type Step = Glob | "**";

function compilePattern(text: string): Pattern {
  const fail = (why: string): never => {
    throw new CoevalError("bad-input", `'${text.slice(0, 80)}' ${why}`);
  };
  if (text.length > MAX_FILTER_CHARS) fail(`is longer than ${MAX_FILTER_CHARS} characters`);
  if (text.startsWith("/")) fail("begins with '/': patterns are relative to each data set's directory");
  const directories = text.endsWith("/") && !text.endsWith("\\/");
  const parts = (directories ? text.slice(0, -1) : text).split("/");
  const steps = parts.map((part): Step => {
    if (part === "") fail(text === "" ? "is empty" : "contains '//'");
    if (part === "." || part === "..") fail(`contains '${part}'`);
    if (part === "**") return part;
    if (part.includes("**")) fail("contains '**' beside other characters; it stands for whole names");
    return compileGlob(part);
  });
  if (parts.length === 1 && steps[0] !== "**") steps.unshift("**");
  // All that lies in it, not the directory itself.
  if (steps.at(-1) === "**") steps.push(compileGlob("*"));
  return { reach: (names, type) => reach(steps, names, directories ? type : "directory") };
}

/** Walks the names down, with all places in the pattern that they can have come to. */
function reach(steps: readonly Step[], names: readonly string[], type: "file" | "directory"): Reach {
  let places = reachable(steps, [0]);
  for (const [index, name] of names.entries()) {
    const next: number[] = [];
    for (const place of places) {
      const step = steps[place];
      if (step === "**") next.push(place);
      else if (step?.matches(name)) next.push(place + 1);
    }
    places = reachable(steps, next);
    const isDirectory = index < names.length - 1 || type === "directory";
    if (isDirectory && places.includes(steps.length)) return "matched";
    if (places.length === 0) return "apart";
  }
  return places.some((place) => place < steps.length) ? "leads" : "apart";
}

/** The places themselves, and those behind a `**` that stands for nothing. */
function reachable(steps: readonly Step[], places: readonly number[]): number[] {
  const all = new Set<number>();
  for (let place of places) {
    all.add(place);
    while (steps[place] === "**") all.add(++place);
  }
  return [...all];
}
