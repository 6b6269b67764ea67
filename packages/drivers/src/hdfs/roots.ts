/** The snapshottable directories at or above data sets, as far as they are there: nothing is refused. */
import type { DataSet } from "@coeval/core/model/data-set";
import { parentPath } from "@coeval/core/model/path";
import type { PreparedRoot } from "@coeval/core/ports/source";
import type { FileSystem } from "./file-system.ts";
import { survey } from "./locate.ts";

/** In the order of their paths. */
export async function rootsOf(
  fs: FileSystem,
  sets: readonly DataSet[],
  cancel: AbortSignal,
): Promise<readonly PreparedRoot[]> {
  const known = await survey(fs, cancel);
  const roots = new Map<string, { root: string; rootId: string; sets: DataSet[] }>();
  for (const set of sets) {
    for (let path = set.path; ; path = parentPath(path)) {
      const directory = await known.status(path);
      if (directory?.snapshottable && (path !== "/" || (await known.rootAllowed()))) {
        const root = roots.get(path) ?? { root: path, rootId: directory.id, sets: [] };
        root.sets.push(set);
        roots.set(path, root);
        break;
      }
      if (path === "/") break;
    }
  }
  return [...roots.values()].sort((a, b) => (a.root < b.root ? -1 : 1));
}
