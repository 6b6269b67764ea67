/**
 * The diff between two trees as HDFS's own report gives it, with its blind spots (semantics: HDFS, what changed):
 * length and attributes count, times and content do not; what lies in new or deleted directories is not named;
 * a move out of a deleted directory shows as created. Paths are in the earlier namespace, targets in the later.
 */
import type { DiffEntry } from "../hdfs/file-system.ts";
import { type DirectoryNode, type Inode, sortedNames } from "./inode.ts";

export function diffTrees(before: DirectoryNode, after: DirectoryNode): DiffEntry[] {
  const later = new Map(places(after, ""));
  const earlier = new Map(places(before, ""));
  const entries: DiffEntry[] = [];
  compareDirectory(before, "", earlier, later, entries);
  return entries;
}

interface Where {
  readonly path: string;
  readonly node: Inode;
  /** The directory it lies in; null for the root. */
  readonly parent: number | null;
}

function compareDirectory(
  before: DirectoryNode,
  path: string,
  earlier: ReadonlyMap<number, Where>,
  later: ReadonlyMap<number, Where>,
  entries: DiffEntry[],
): void {
  const after = later.get(before.id)?.node;
  if (after?.type !== "directory") return;
  const entered = sortedNames(after).filter(
    (name) => before.children.get(name)?.id !== after.children.get(name)?.id,
  );
  const left = sortedNames(before).filter(
    (name) => before.children.get(name)?.id !== after.children.get(name)?.id,
  );
  if (entered.length + left.length > 0 || attributesDiffer(before, after))
    entries.push({ kind: "modified", path });
  for (const name of entered) {
    const from = earlier.get((after.children.get(name) as Inode).id);
    // One that came from a directory that still exists is told there, as renamed.
    if (from && from.parent !== null && later.has(from.parent)) continue;
    entries.push({ kind: "created", path: join(path, name) });
  }
  for (const name of left) {
    const target = later.get((before.children.get(name) as Inode).id);
    if (target) entries.push({ kind: "renamed", path: join(path, name), target: target.path });
    else entries.push({ kind: "deleted", path: join(path, name) });
  }
  for (const name of sortedNames(before)) {
    const child = before.children.get(name) as Inode;
    if (child.type === "directory") compareDirectory(child, join(path, name), earlier, later, entries);
    const now = later.get(child.id)?.node;
    if (child.type === "file" && now?.type === "file" && fileDiffers(child, now)) {
      entries.push({ kind: "modified", path: join(path, name) });
    }
  }
}

function* places(directory: DirectoryNode, path: string): Generator<[number, Where]> {
  if (path === "") yield [directory.id, { path, node: directory, parent: null }];
  for (const [name, node] of directory.children) {
    const at = join(path, name);
    yield [node.id, { path: at, node, parent: directory.id }];
    if (node.type === "directory") yield* places(node, at);
  }
}

function fileDiffers(a: Inode & { type: "file" }, b: Inode & { type: "file" }): boolean {
  return a.content.length !== b.content.length || a.replication !== b.replication || attributesDiffer(a, b);
}

function attributesDiffer(a: Inode, b: Inode): boolean {
  if (a === b) return false;
  const of = (node: Inode) => JSON.stringify([node.owner, node.group, node.mode, node.acl, node.xattrs]);
  return of(a) !== of(b);
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}/${name}`;
}
