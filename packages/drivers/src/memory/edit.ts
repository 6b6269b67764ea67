/**
 * Changes to the live tree of the file system in memory, as HDFS makes them: names, content, attributes.
 * Synchronous; the tests' workload calls them directly, the driver through file-system.ts.
 */
import { CoevalError } from "@coeval/core/errors";
import { isWithin, parentPath } from "@coeval/core/model/path";
import type { FileForm, Renamed } from "../hdfs/file-system.ts";
import { type Content, copyContent, emptyContent, firstBytes, grow } from "./content.ts";
import { type DirectoryNode, type FileNode, type Inode, setChild } from "./inode.ts";
import {
  descend,
  find,
  type NameSystem,
  notFound,
  own,
  ownDirectory,
  pathOf,
  resolve,
  splitPath,
} from "./name-system.ts";
import { checkQuota, takeSpace } from "./quota.ts";
import { checkAccess, checkParent, WRITE } from "./rights.ts";

/** A file open for writing. It stays open through renames; its deletion ends it. */
export interface OpenWriter {
  /** Bytes are in the file, and the name system knows its length, when this returns (hsync with UPDATE_LENGTH). */
  write(bytes: Uint8Array): void;
  close(): void;
}

export const DEFAULT_FORM: FileForm = { mode: 0o644, replication: 1, blockSize: 128 * 1024 * 1024 };

/** Makes one directory in an existing one, or finds it there. */
export function makeDirectory(names: NameSystem, user: string, path: string, mode = 0o755): void {
  const resolved = resolve(names, path);
  const there = resolved.missing.length === 0 ? find(names, path) : null;
  checkAccess(names, user, resolved, 0);
  if (there?.type === "directory") return;
  if (there) throw new CoevalError("cluster-refused", `Path is not a directory: ${path}`);
  if (resolved.missing.length > 1) throw notFound(parentPath(path));
  change(names, path);
  checkParent(names, user, resolved);
  checkQuota(names, path, 1, 0);
  const group = ownDirectory(names, parentPath(path)).group;
  const node: DirectoryNode = {
    ...common(names, user, group, mode),
    type: "directory",
    children: new Map(),
    sorted: null,
  };
  inheritAcl(ownDirectory(names, parentPath(path)), node);
  attach(names, path, node);
}

/** Makes missing directories of a path, outermost first. */
export function makeParents(names: NameSystem, user: string, path: string): void {
  const parent = parentPath(path);
  if (parent === "/" || find(names, parent)) return;
  makeParents(names, user, parent);
  makeDirectory(names, user, parent);
}

/** Opens a new file, in place of one that stands there, with missing parents. */
export function createFile(
  names: NameSystem,
  user: string,
  path: string,
  form: FileForm = DEFAULT_FORM,
): OpenWriter {
  change(names, path);
  makeParents(names, user, path);
  const resolved = resolve(names, path);
  checkParent(names, user, resolved);
  const there = find(names, path);
  if (there?.type === "directory")
    throw new CoevalError("cluster-refused", `${path} already exists as a directory`);
  if (there) checkAccess(names, user, resolved, WRITE);
  else checkQuota(names, path, 1, 0);
  if (there) names.openFiles.delete(there.id);
  const group = ownDirectory(names, parentPath(path)).group;
  const at = common(names, user, group, form.mode);
  const { replication, blockSize } = form;
  const node: FileNode = {
    ...at,
    type: "file",
    atimeMs: at.mtimeMs,
    content: emptyContent(),
    replication,
    blockSize,
  };
  inheritAcl(ownDirectory(names, parentPath(path)), node);
  attach(names, path, node);
  return openWriter(names, node.id, node.content, path, replication);
}

/** Opens an existing file to append. What a snapshot holds of it stays as it is. */
export function appendFile(names: NameSystem, user: string, path: string): OpenWriter {
  change(names, path);
  checkAccess(names, user, resolve(names, path), WRITE);
  const node = ownFile(names, path);
  if (names.openFiles.has(node.id))
    throw new CoevalError("cluster-refused", `${path} is open for writing already`);
  node.content = copyContent(node.content);
  return openWriter(names, node.id, node.content, path, node.replication);
}

/** Cuts a closed file. */
export function truncateFile(names: NameSystem, user: string, path: string, length: number): void {
  change(names, path);
  checkAccess(names, user, resolve(names, path), WRITE);
  const node = ownFile(names, path);
  if (length > node.content.length)
    throw new CoevalError("cluster-refused", `${path} is shorter than ${length}`);
  node.content = firstBytes(node.content, length);
  node.mtimeMs = names.nowMs();
}

/** Moves without replacing; keeps the inode. */
export function rename(names: NameSystem, user: string, from: string, to: string): Renamed {
  change(names, from);
  change(names, to);
  const node = find(names, from);
  if (!node) return "no-source";
  checkParent(names, user, resolve(names, from));
  checkParent(names, user, resolve(names, to));
  if (find(names, to)) return "taken";
  if (isWithin(to, from)) throw new CoevalError("cluster-refused", `${to} lies in ${from}`);
  if (find(names, parentPath(to))?.type !== "directory") throw notFound(parentPath(to));
  refuseSnapshotted(names, node, from);
  const moved = own(names, from);
  detach(names, from);
  attach(names, to, moved);
  return "renamed";
}

/** Deletes with all below. False when there was nothing. */
export function remove(names: NameSystem, user: string, path: string): boolean {
  change(names, path);
  const node = find(names, path);
  if (!node) return false;
  checkParent(names, user, resolve(names, path));
  refuseSnapshotted(names, node, path);
  for (const [, below] of descend(node, path)) {
    names.snapshottable.delete(below.id);
    names.openFiles.delete(below.id);
  }
  detach(names, path);
  return true;
}

/** Refuses changes in safe mode, in snapshots, and of `/` itself. */
export function change(names: NameSystem, path: string): void {
  if (names.safeMode) throw new CoevalError("safe-mode", `Cannot change ${path}. Name node is in safe mode`);
  const parts = splitPath(path);
  if (parts.includes(".snapshot"))
    throw new CoevalError("cluster-refused", `${path}: snapshots are read-only`);
}

function openWriter(
  names: NameSystem,
  id: number,
  content: Content,
  path: string,
  replication: number,
): OpenWriter {
  names.openFiles.set(id, content);
  return {
    write(bytes) {
      // Asked each time: a snapshot that freezes open files puts another content in this one's place.
      const target = names.openFiles.get(id);
      if (!target) throw new CoevalError("cluster-refused", `No lease on ${path} (inode ${id})`);
      checkQuota(names, path, 0, bytes.length * replication);
      takeSpace(names, path, bytes.length * replication);
      grow(target, bytes);
    },
    close() {
      if (!names.openFiles.delete(id)) return;
      const at = pathOf(names, id);
      const node = at === null ? null : find(names, at);
      // In place: until something else changes the file, its snapshots show the live inode, time included (run on 3.4.2).
      if (node) node.mtimeMs = names.nowMs();
    },
  };
}

function ownFile(names: NameSystem, path: string): FileNode {
  const node = own(names, path);
  if (node.type !== "file") throw new CoevalError("cluster-refused", `${path} is not a file`);
  return node;
}

function common(names: NameSystem, owner: string, group: string, mode: number) {
  const at = { id: names.nextInode++, epoch: names.epoch, owner, group, mode, mtimeMs: names.nowMs() };
  return { ...at, acl: [], xattrs: [], encrypted: false, erasureCoded: false };
}

/** A parent's default ACL becomes a new child's own, and a new directory's default too; the mode asked for bounds it. */
function inheritAcl(parent: DirectoryNode, child: Inode): void {
  const defaults = parent.acl.filter((entry) => entry.startsWith("default:"));
  if (defaults.length === 0) return;
  const access = defaults.map((entry) => entry.slice("default:".length));
  const named = access.filter((entry) => /^(user|group):[^:]/.test(entry));
  const bits = (entry: string): number => {
    const letters = access.find((each) => each.startsWith(entry))?.slice(entry.length) ?? "rwx";
    return (letters[0] === "r" ? 4 : 0) | (letters[1] === "w" ? 2 : 0) | (letters[2] === "x" ? 1 : 0);
  };
  const allowed =
    (bits("user::") << 6) | (bits(named.length > 0 ? "mask::" : "group::") << 3) | bits("other::");
  child.mode &= allowed | 0o1000;
  const group = access.filter((entry) => entry.startsWith("group::"));
  const own = named.length > 0 ? [...named, ...group] : [];
  child.acl = [...own, ...(child.type === "directory" ? defaults : [])].sort();
}

function attach(names: NameSystem, path: string, node: Inode): void {
  const parent = ownDirectory(names, parentPath(path));
  setChild(parent, splitPath(path).at(-1) as string, node);
  parent.mtimeMs = names.nowMs();
}

function detach(names: NameSystem, path: string): void {
  const parent = ownDirectory(names, parentPath(path));
  setChild(parent, splitPath(path).at(-1) as string, null);
  parent.mtimeMs = names.nowMs();
}

function refuseSnapshotted(names: NameSystem, node: Inode, path: string): void {
  for (const [below, inode] of descend(node, path)) {
    if ((names.snapshottable.get(inode.id)?.length ?? 0) === 0) continue;
    throw new CoevalError(
      "cluster-refused",
      `The directory ${path} cannot be moved or deleted since ${below} is snapshottable and already has snapshots`,
    );
  }
}
