/**
 * Which files of the data sets were open at the moment, and how long the snapshot stated them at its first reading:
 * such a file goes on growing inside the snapshot until it is closed (semantics: HDFS, the moment).
 */
import { isWithin, relativeTo } from "@coeval/core/model/path";
import {
  MODIFIED_MAX,
  type OpenFile,
  type OpenFiles,
  type Prepared,
  type PreparedRoot,
} from "@coeval/core/ports/source";
import { CoevalError } from "@coeval/core/errors";
import { CALLS_AT_ONCE_MAX } from "./facts.ts";
import type { FileSystem } from "./file-system.ts";
import { inParallel } from "./parallel.ts";
import { inSnapshot } from "./snapshot-paths.ts";

/** Files open at once in one root; beyond it they cannot all be read before they grow. */
const OPEN_FILES_MAX = 100_000;

export async function listOpenFiles(
  fs: FileSystem,
  prepared: Prepared,
  cancel: AbortSignal,
): Promise<OpenFiles> {
  if (prepared.freezesOpenFiles) return { kind: "frozen" };
  const unknown: OpenFiles = { kind: "unknown", why: `user '${fs.user}' may not list open files` };
  if (!prepared.listsOpenFiles) return unknown;
  const perRoot = await inParallel(prepared.roots, CALLS_AT_ONCE_MAX, (root) =>
    openUnder(fs, prepared, root, cancel),
  );
  const files: OpenFile[] = [];
  for (const found of perRoot) {
    if (found === null) return unknown;
    files.push(...found);
  }
  return { kind: "listed", files };
}

async function openUnder(
  fs: FileSystem,
  prepared: Prepared,
  root: PreparedRoot,
  cancel: AbortSignal,
): Promise<OpenFile[] | null> {
  const live = await fs.openFiles(root.root, cancel);
  if (live === null) return null;
  if (live.length > OPEN_FILES_MAX) {
    throw new CoevalError(
      "too-large",
      `${root.root} has ${live.length} open files; at most ${OPEN_FILES_MAX} can be stated`,
    );
  }
  const moved: { readonly path: string; readonly id: string }[] = [];
  const look = async (path: string): Promise<OpenFile | null> => {
    const found = await lookUp(fs, prepared, root, path, cancel);
    if (found !== "elsewhere") return found;
    const now = await fs.status(path, cancel);
    if (now) moved.push({ path: relativeTo(path, root.root), id: now.id });
    return null;
  };
  const found = await inParallel(live, CALLS_AT_ONCE_MAX, look);
  const back = moved.length > 0 ? await traceMoved(fs, prepared, root, moved, cancel) : [];
  return [...found, ...back].filter((file) => file !== null);
}

/** The file of that path in the snapshot. `elsewhere`: the snapshot has none there, or another one. Null: in no data set. */
async function lookUp(
  fs: FileSystem,
  prepared: Prepared,
  root: PreparedRoot,
  path: string,
  cancel: AbortSignal,
): Promise<OpenFile | null | "elsewhere"> {
  const set = root.sets.find((each) => isWithin(path, each.path));
  const frozen = `${inSnapshot(root.root, prepared.snapshotName)}/${relativeTo(path, root.root)}`;
  const status = await fs.status(frozen, cancel);
  if (status?.type !== "file") return "elsewhere";
  const now = await fs.status(path, cancel);
  if (now && now.id !== status.id) return "elsewhere";
  return set
    ? { set: set.name, path: relativeTo(path, set.path), id: status.id, length: status.length }
    : null;
}

/** Open files that were renamed between snapshot and question are found by the diff's renames; new ones are in no snapshot. */
async function traceMoved(
  fs: FileSystem,
  prepared: Prepared,
  root: PreparedRoot,
  moved: readonly { readonly path: string; readonly id: string }[],
  cancel: AbortSignal,
): Promise<OpenFile[]> {
  const renames: { from: string; to: string }[] = [];
  let read = 0;
  for await (const entry of fs.snapshotDiff(root.root, prepared.snapshotName, null, cancel)) {
    if (++read > MODIFIED_MAX) {
      throw new CoevalError(
        "too-large",
        `${root.root}: more than ${MODIFIED_MAX} changes while open files were listed`,
      );
    }
    if (entry.kind === "renamed" && entry.target !== undefined)
      renames.push({ from: entry.path, to: entry.target });
  }
  const files: OpenFile[] = [];
  for (const { path, id } of moved) {
    for (const { from, to } of renames) {
      if (!isWithin(path, to)) continue;
      const old = `${root.root === "/" ? "" : root.root}/${from}${path.slice(to.length)}`;
      const frozen = `${inSnapshot(root.root, prepared.snapshotName)}/${relativeTo(old, root.root)}`;
      const status = await fs.status(frozen, cancel);
      const set = root.sets.find((each) => isWithin(old, each.path));
      if (status?.id === id && set)
        files.push({ set: set.name, path: relativeTo(old, set.path), id, length: status.length });
    }
  }
  return files;
}
