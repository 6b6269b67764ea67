/** The directories that a pattern of paths means, looked up name by name; only what its names allow is listed. */
import { CoevalError } from "@coeval/core/errors";
import { compileGlob } from "@coeval/core/model/glob";
import { isWithin, joinPath, relativeTo } from "@coeval/core/model/path";
import { MAX_DATA_SETS } from "@coeval/core/model/service";
import { fixedPrefix } from "@coeval/core/model/set-pattern";
import type { Matched, Prepared } from "@coeval/core/ports/source";
import { CALLS_AT_ONCE_MAX } from "./facts.ts";
import type { FileStatus, FileSystem } from "./file-system.ts";
import { locate, survey } from "./locate.ts";
import { inParallel } from "./parallel.ts";
import { inSnapshot } from "./snapshot-paths.ts";

export async function matchingDirectories(
  fs: FileSystem,
  pattern: string,
  at: Prepared | "live",
  cancel: AbortSignal,
): Promise<readonly Matched[]> {
  const root = at === "live" ? undefined : at.roots.find((one) => isWithin(fixedPrefix(pattern), one.root));
  if (at !== "live" && root) {
    const shown = (path: string) =>
      joinPath(inSnapshot(root.root, at.snapshotName), relativeTo(path, root.root));
    return (await expand(fs, pattern, shown, cancel)).map((path) => ({ path, problem: null }));
  }
  const paths = await expand(fs, pattern, (path) => path, cancel);
  if (at !== "live") return paths.map((path) => ({ path, problem: null }));
  const known = await survey(fs, cancel);
  return inParallel(paths, CALLS_AT_ONCE_MAX, async (path): Promise<Matched> => {
    const found = await locate({ name: path, component: "hdfs", path }, known);
    return { path, problem: "problem" in found ? found.problem : null };
  });
}

/** Live paths, sorted; `shown` says where each is looked at. */
async function expand(
  fs: FileSystem,
  pattern: string,
  shown: (path: string) => string,
  cancel: AbortSignal,
): Promise<string[]> {
  let found = ["/"];
  for (const name of pattern.slice(1).split("/")) {
    const { literal, matches } = compileGlob(name);
    const next = await inParallel(found, CALLS_AT_ONCE_MAX, async (path) => {
      if (literal === null) return namesIn(fs, shown(path), matches, cancel);
      return isEntered(await fs.status(shown(joinPath(path, literal)), cancel)) ? [literal] : [];
    });
    found = found.flatMap((path, index) => (next[index] ?? []).map((each) => joinPath(path, each)));
    if (found.length > MAX_DATA_SETS)
      throw new CoevalError("too-large", `${pattern} means more than ${MAX_DATA_SETS} directories`);
  }
  return found.sort();
}

async function namesIn(
  fs: FileSystem,
  directory: string,
  matches: (name: string) => boolean,
  cancel: AbortSignal,
): Promise<string[]> {
  const names: string[] = [];
  let after: string | null = null;
  try {
    for (;;) {
      const { entries, more } = await fs.listPage(directory, after, cancel);
      names.push(...entries.filter((one) => isEntered(one) && matches(one.name)).map(({ name }) => name));
      after = entries.at(-1)?.name ?? null;
      if (!more || after === null || names.length > MAX_DATA_SETS) return names;
    }
  } catch (thrown) {
    // A link, or gone since it was listed: nothing lies in it.
    if (thrown instanceof CoevalError && thrown.code === "not-found") return names;
    throw thrown;
  }
}

/** Directories, and links, which are told rather than passed over in silence. */
function isEntered(status: FileStatus | null): boolean {
  return status !== null && status.type !== "file";
}
