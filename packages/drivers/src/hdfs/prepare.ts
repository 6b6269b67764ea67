/** Everything slow before the moment: roots found, rights proven, the snapshots' name proven free. Changes nothing. */
import { CoevalError } from "@coeval/core/errors";
import type { DataSet } from "@coeval/core/model/data-set";
import type { Prepared, PreparedRoot, PrepareRequest } from "@coeval/core/ports/source";
import { CALLS_AT_ONCE_MAX, CAPTURE_OPEN_FILES_KEY, SNAPSHOTS_PER_ROOT_MAX } from "./facts.ts";
import type { FileSystem } from "./file-system.ts";
import { type Located, locate, survey } from "./locate.ts";
import { inParallel } from "./parallel.ts";

export async function prepareSnapshots(
  fs: FileSystem,
  request: PrepareRequest,
  cancel: AbortSignal,
): Promise<Prepared> {
  const state = await fs.state(cancel);
  if (state.safeMode)
    throw new CoevalError("safe-mode", "the NameNode is in safe mode, which refuses snapshots");
  const known = await survey(fs, cancel);
  const located = await inParallel(request.sets, CALLS_AT_ONCE_MAX, (set) => locate(set, known));
  const roots = groupByRoot(located);
  await inParallel(roots, CALLS_AT_ONCE_MAX, (root) =>
    proveRoom(fs, root.root, request.snapshotName, cancel),
  );
  const freezesOpenFiles =
    (await fs.setting(CAPTURE_OPEN_FILES_KEY, cancel))?.trim().toLowerCase() === "true";
  const listsOpenFiles = freezesOpenFiles
    ? known.superuser
    : await mayListOpenFiles(fs, roots, known.superuser, cancel);
  return { snapshotName: request.snapshotName, roots, freezesOpenFiles, listsOpenFiles };
}

/** One covering root for all data sets below it, in the order of their paths. */
function groupByRoot(located: readonly Located[]): PreparedRoot[] {
  const groups = new Map<string, { root: string; rootId: string; sets: DataSet[] }>();
  const problems: { code: CoevalError["code"]; text: string }[] = [];
  for (const found of located) {
    if ("problem" in found) {
      problems.push(found.problem);
      continue;
    }
    const { root, rootId, set } = found;
    const group = groups.get(root) ?? { root, rootId, sets: [] };
    group.sets.push(set);
    groups.set(root, group);
  }
  const [first] = problems;
  if (first) throw new CoevalError(first.code, first.text, { evidence: problems.map(({ text }) => text) });
  return [...groups.values()].sort((a, b) => (a.root < b.root ? -1 : 1));
}

/** A superuser may; another user must be able to enter every directory, which only trying shows. */
async function mayListOpenFiles(
  fs: FileSystem,
  roots: readonly PreparedRoot[],
  superuser: boolean,
  cancel: AbortSignal,
): Promise<boolean> {
  if (superuser) return true;
  const tried = await inParallel(roots, CALLS_AT_ONCE_MAX, ({ root }) => fs.openFiles(root, cancel));
  return tried.every((files) => files !== null);
}

/** After this, a snapshot of our name can only be one that this preparation's own request took. */
async function proveRoom(fs: FileSystem, root: string, name: string, cancel: AbortSignal): Promise<void> {
  const snapshots = await fs.snapshots(root, cancel);
  if (snapshots.some((snapshot) => snapshot.name === name)) {
    throw new CoevalError(
      "foreign-snapshot",
      `${root} has a snapshot '${name}' already, which this run did not take`,
    );
  }
  if (snapshots.length >= SNAPSHOTS_PER_ROOT_MAX) {
    throw new CoevalError(
      "snapshot-limit",
      `${root} has ${snapshots.length} snapshots; HDFS allows ${SNAPSHOTS_PER_ROOT_MAX}`,
    );
  }
}
