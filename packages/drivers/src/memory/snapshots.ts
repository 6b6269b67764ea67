/** Snapshots of the file system in memory: immutable trees, shared with the live one until that changes. */
import { CoevalError } from "@coeval/core/errors";
import { isWithin } from "@coeval/core/model/path";
import type { DirectoryNode } from "./inode.ts";
import { change } from "./edit.ts";
import { descend, get, type NameSystem, own, ownDirectory, resolve, type Snapshot } from "./name-system.ts";
import { checkOwner, checkSuperuser } from "./rights.ts";

/** HDFS's own bound (dfs.namenode.snapshot.max.limit). */
const SNAPSHOTS_MAX = 65_536;

export function allowSnapshot(names: NameSystem, user: string, path: string): void {
  checkSuperuser(names, user);
  change(names, path);
  const node = directoryAt(names, path);
  if (names.snapshottable.has(node.id)) return;
  for (const root of snapshottablePaths(names)) {
    if (!isWithin(path, root) && !isWithin(root, path)) continue;
    const relation = isWithin(path, root) ? "ancestor" : "descendant";
    throw new CoevalError(
      "cluster-refused",
      `Nested snapshottable directories not allowed: path=${path}, the ${relation} ${root} is snapshottable`,
    );
  }
  names.snapshottable.set(node.id, []);
}

export function disallowSnapshot(names: NameSystem, user: string, path: string): void {
  checkSuperuser(names, user);
  change(names, path);
  const { id } = directoryAt(names, path);
  if ((names.snapshottable.get(id)?.length ?? 0) > 0)
    throw new CoevalError("cluster-refused", `The directory ${path} has snapshot(s)`);
  names.snapshottable.delete(id);
}

export function createSnapshot(
  names: NameSystem,
  user: string,
  root: string,
  name: string,
): "created" | "exists" {
  change(names, root);
  checkOwner(names, user, resolve(names, root));
  const snapshots = snapshotsOf(names, root);
  if (snapshots.some((snapshot) => snapshot.name === name)) return "exists";
  if (snapshots.length >= SNAPSHOTS_MAX) {
    throw new CoevalError("snapshot-limit", `${root} has ${snapshots.length} snapshots already`);
  }
  const tree = ownDirectory(names, root);
  tree.mtimeMs = names.nowMs();
  names.epoch++;
  snapshots.push({ name, id: names.nextSnapshot++, tree });
  if (names.settings.get("dfs.namenode.snapshot.capture.openfiles") === "true") freezeOpenFiles(names, root);
  return "created";
}

export function deleteSnapshot(names: NameSystem, user: string, root: string, name: string): boolean {
  change(names, root);
  const node = resolve(names, root);
  if (node.missing.length > 0) return false;
  const snapshots = names.snapshottable.get(directoryAt(names, root).id);
  const index = snapshots?.findIndex((snapshot) => snapshot.name === name) ?? -1;
  if (!snapshots || index < 0) return false;
  checkOwner(names, user, node);
  snapshots.splice(index, 1);
  return true;
}

export function renameSnapshot(
  names: NameSystem,
  user: string,
  root: string,
  from: string,
  to: string,
): void {
  change(names, root);
  checkOwner(names, user, resolve(names, root));
  const snapshots = snapshotsOf(names, root);
  const snapshot = snapshots.find(({ name }) => name === from);
  if (!snapshot)
    throw new CoevalError("not-found", `The snapshot ${from} does not exist for directory ${root}`);
  if (snapshots.some(({ name }) => name === to)) {
    throw new CoevalError("name-taken", `The snapshot ${to} already exists for directory ${root}`);
  }
  snapshot.name = to;
  snapshot.tree = { ...snapshot.tree, mtimeMs: names.nowMs() };
}

/** Oldest first. */
export function snapshotsOf(names: NameSystem, root: string): Snapshot[] {
  const snapshots = names.snapshottable.get(directoryAt(names, root).id);
  if (!snapshots)
    throw new CoevalError("not-snapshottable", `Directory is not a snapshottable directory: ${root}`);
  return snapshots;
}

/** The tree of a snapshot, or the live one for null. */
export function treeOf(names: NameSystem, root: string, name: string | null): DirectoryNode {
  if (name === null) return directoryAt(names, root);
  const snapshot = snapshotsOf(names, root).find((each) => each.name === name);
  if (!snapshot)
    throw new CoevalError("not-found", `Cannot find the snapshot of directory ${root} with name ${name}`);
  return snapshot.tree;
}

/** Live paths of all snapshottable directories, sorted. */
export function snapshottablePaths(names: NameSystem): string[] {
  const paths: string[] = [];
  for (const [path, node] of descend(names.root, "/")) if (names.snapshottable.has(node.id)) paths.push(path);
  return paths.sort();
}

/** Every open file gets a live side of its own: the snapshot keeps what was there. */
function freezeOpenFiles(names: NameSystem, root: string): void {
  const open = [...descend(directoryAt(names, root), root)].filter(([, node]) =>
    names.openFiles.has(node.id),
  );
  for (const [path] of open) own(names, path);
}

function directoryAt(names: NameSystem, path: string): DirectoryNode {
  const node = get(names, path);
  if (node.type !== "directory") throw new CoevalError("cluster-refused", `${path} is not a directory`);
  return node;
}
