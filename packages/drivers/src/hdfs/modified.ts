/** Places that HDFS's own diff between two snapshots names as modified. A hint: it adds to the comparison of listings. */
import { CoevalError } from "@coeval/core/errors";
import type { Place } from "@coeval/core/model/entry";
import { isWithin, joinPath, relativeTo } from "@coeval/core/model/path";
import type { Log } from "@coeval/core/ports/log";
import { MODIFIED_MAX, type Prepared } from "@coeval/core/ports/source";
import type { FileSystem } from "./file-system.ts";

/**
 * Paths are those of the base's snapshot. For an entry with the same inode id at the same path in both snapshots this is
 * its path; anything else is compared in full anyway.
 */
export async function modifiedPlaces(
  log: Log,
  fs: FileSystem,
  prepared: Prepared,
  base: Prepared,
  cancel: AbortSignal,
): Promise<readonly Place[] | null> {
  const places: Place[] = [];
  try {
    for (const root of prepared.roots) {
      if (!base.roots.some((each) => each.root === root.root && each.rootId === root.rootId)) return null;
      for await (const entry of fs.snapshotDiff(
        root.root,
        base.snapshotName,
        prepared.snapshotName,
        cancel,
      )) {
        if (entry.kind !== "modified") continue;
        const path = joinPath(root.root, entry.path);
        const set = root.sets.find((each) => isWithin(path, each.path));
        if (set) places.push({ set: set.name, path: relativeTo(path, set.path) });
        if (places.length > MODIFIED_MAX) return null;
      }
    }
  } catch (thrown) {
    if (!(thrown instanceof CoevalError) || !UNAVAILABLE.includes(thrown.code)) throw thrown;
    log.warn("diff-unavailable", { code: thrown.code, why: thrown.message });
    return null;
  }
  return places;
}

/** Failures after which the comparison of listings still stands on its own. */
const UNAVAILABLE: readonly string[] = [
  "not-found",
  "no-right",
  "cluster-refused",
  "too-large",
  "not-snapshottable",
];
