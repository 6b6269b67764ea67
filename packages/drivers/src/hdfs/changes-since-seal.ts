/**
 * What in a live tree differs from a sealed snapshot: the cluster's diff, with each entry looked at, since a switch
 * that was taken back leaves entries behind though everything is as it was.
 */
import { EVIDENCE_MAX } from "@coeval/core/errors";
import { isWithin, joinPath } from "@coeval/core/model/path";
import type { Holding } from "@coeval/core/ports/target";
import { readExtended } from "./attributes.ts";
import type { DiffEntry, FileStatus, FileSystem, ListPage } from "./file-system.ts";
import { STAGE, setParents } from "./layout.ts";
import { inSnapshot } from "./snapshot-paths.ts";

/** Paths relative to the holding directory, each with what happened; at most EVIDENCE_MAX. Staging and the directory itself apart. */
export async function changesSince(
  fs: FileSystem,
  holding: Holding,
  snapshot: string,
  cancel: AbortSignal,
): Promise<string[]> {
  const parents = setParents(holding);
  const found: string[] = [];
  for await (const entry of fs.snapshotDiff(holding.directory, snapshot, null, cancel)) {
    if (entry.path === "" || isWithin(entry.path, STAGE)) continue;
    const what = await judge(fs, holding, snapshot, entry, parents, cancel);
    if (what) found.push(what);
    if (found.length >= EVIDENCE_MAX) break;
  }
  return found;
}

/** What lies in the holding directory though no point was ever sealed: everything but staging and the sets' parents. */
export async function contentOf(fs: FileSystem, holding: Holding, cancel: AbortSignal): Promise<string[]> {
  return strangersIn(fs, holding, "", { parents: setParents(holding), sets: new Set() }, cancel);
}

/** What lies in the holding directory beside the data sets: relative paths, at most EVIDENCE_MAX. */
export async function strangersBeside(
  fs: FileSystem,
  holding: Holding,
  cancel: AbortSignal,
): Promise<string[]> {
  const sets = new Set(holding.sets.map(({ relative }) => relative));
  return strangersIn(fs, holding, "", { parents: setParents(holding), sets }, cancel);
}

async function judge(
  fs: FileSystem,
  holding: Holding,
  snapshot: string,
  entry: DiffEntry,
  parents: ReadonlySet<string>,
  cancel: AbortSignal,
): Promise<string | null> {
  const { kind, path, target } = entry;
  if (kind === "created" && parents.has(path)) {
    const [stranger] = await strangersIn(fs, holding, path, { parents, sets: new Set() }, cancel);
    return stranger ? `${stranger} created` : null;
  }
  // Moved away and back again shows as created, deleted, renamed to itself or modified: the two sides decide.
  const sealedPath = joinPath(inSnapshot(holding.directory, snapshot), path);
  const live = joinPath(holding.directory, path);
  const same = await isSame(fs, sealedPath, live, cancel);
  if (same) return null;
  return target === undefined ? `${path} ${kind}` : `${path} → ${target}`;
}

/** A directory's own times are left out: what matters in it is named by entries of its own. */
async function isSame(fs: FileSystem, a: string, b: string, cancel: AbortSignal): Promise<boolean> {
  const [left, right] = await Promise.all([fs.status(a, cancel), fs.status(b, cancel)]);
  if (!left || !right || facts(left) !== facts(right)) return false;
  const [x, y] = await Promise.all([
    readExtended(fs, a, left.hasAcl, cancel),
    readExtended(fs, b, right.hasAcl, cancel),
  ]);
  return JSON.stringify(x) === JSON.stringify(y);
}

function facts(status: FileStatus): string {
  const { id, type, length, owner, group, mode, replication } = status;
  return JSON.stringify([
    id,
    type,
    length,
    owner,
    group,
    mode,
    replication,
    type === "file" ? status.mtimeMs : 0,
  ]);
}

/** What is expected in a holding directory, as relative paths. */
interface Expected {
  readonly parents: ReadonlySet<string>;
  readonly sets: ReadonlySet<string>;
}

async function strangersIn(
  fs: FileSystem,
  holding: Holding,
  directory: string,
  expected: Expected,
  cancel: AbortSignal,
): Promise<string[]> {
  const found: string[] = [];
  let after: string | null = null;
  for (;;) {
    const page: ListPage = await fs.listPage(joinPath(holding.directory, directory), after, cancel);
    for (const { name, type } of page.entries) {
      const path = directory === "" ? name : `${directory}/${name}`;
      if (path === STAGE || expected.sets.has(path)) continue;
      if (expected.parents.has(path) && type === "directory")
        found.push(...(await strangersIn(fs, holding, path, expected, cancel)));
      else found.push(path);
      if (found.length >= EVIDENCE_MAX) return found.slice(0, EVIDENCE_MAX);
    }
    if (!page.more) return found;
    after = page.entries.at(-1)?.name ?? null;
  }
}
