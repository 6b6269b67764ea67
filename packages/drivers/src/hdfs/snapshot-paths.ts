/** Paths of data sets inside the source's snapshots. */
import { CoevalError } from "@coeval/core/errors";
import type { DataSet } from "@coeval/core/model/data-set";
import { joinPath, relativeTo } from "@coeval/core/model/path";
import type { Prepared, PreparedRoot } from "@coeval/core/ports/source";

/** A data set's directory in the root's snapshot. */
export function setInSnapshot(prepared: Prepared, root: PreparedRoot, set: DataSet): string {
  return joinPath(inSnapshot(root.root, prepared.snapshotName), relativeTo(set.path, root.root));
}

/** `root/.snapshot/name`. */
export function inSnapshot(root: string, name: string): string {
  return joinPath(root, `.snapshot/${name}`);
}

/** Root and data set of a name. @throws CoevalError `defect` for a name that was not prepared. */
export function preparedSet(prepared: Prepared, name: string): readonly [PreparedRoot, DataSet] {
  for (const root of prepared.roots) {
    const set = root.sets.find((each) => each.name === name);
    if (set) return [root, set];
  }
  throw new CoevalError("defect", `data set '${name}' was not prepared`);
}

/** All data sets with their roots, by name: the order of manifests. */
export function setsByName(prepared: Prepared): (readonly [PreparedRoot, DataSet])[] {
  const all = prepared.roots.flatMap((root) => root.sets.map((set) => [root, set] as const));
  return all.sort(([, a], [, b]) => (a.name < b.name ? -1 : 1));
}
