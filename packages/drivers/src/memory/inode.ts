/**
 * Inodes of the file system in memory. A node belongs to the live tree alone while its `epoch` is the current one;
 * an older one may be shared with snapshots and is copied before it is changed.
 */
import { compareTreePaths } from "@coeval/core/model/entry";
import type { FileStatus, Xattr } from "../hdfs/file-system.ts";
import type { Content } from "./content.ts";

interface Common {
  readonly id: number;
  epoch: number;
  owner: string;
  group: string;
  mode: number;
  mtimeMs: number;
  /** Entries beyond the permission bits. */
  acl: readonly string[];
  xattrs: readonly Xattr[];
  encrypted: boolean;
  erasureCoded: boolean;
}

export interface FileNode extends Common {
  readonly type: "file";
  atimeMs: number;
  content: Content;
  replication: number;
  readonly blockSize: number;
}

export interface DirectoryNode extends Common {
  readonly type: "directory";
  children: Map<string, Inode>;
  /** Names in listing order, until the next change. */
  sorted: readonly string[] | null;
}

export interface LinkNode extends Common {
  readonly type: "symlink";
}

export type Inode = FileNode | DirectoryNode | LinkNode;

/** The node as a new owner's, of `epoch`. Children are shared until they change in turn. */
export function copyNode<N extends Inode>(node: N, epoch: number): N {
  if (node.type === "directory") return { ...node, epoch, children: new Map(node.children) };
  return { ...node, epoch };
}

/** Names of a directory by their UTF-8 bytes, which is the order of code points. */
export function sortedNames(directory: DirectoryNode): readonly string[] {
  directory.sorted ??= [...directory.children.keys()].sort(compareTreePaths);
  return directory.sorted;
}

/** Puts a child into an owned directory, or takes it out with null. */
export function setChild(directory: DirectoryNode, name: string, child: Inode | null): void {
  const had = directory.children.has(name);
  if (child) directory.children.set(name, child);
  else directory.children.delete(name);
  if (had !== (child !== null)) directory.sorted = null;
}

/** How the node shows in listings. */
export function statusOf(node: Inode, name: string, snapshottable: boolean): FileStatus {
  const file = node.type === "file" ? node : null;
  return {
    name,
    type: node.type,
    id: String(node.id),
    length: file?.content.length ?? 0,
    mtimeMs: node.mtimeMs,
    atimeMs: file?.atimeMs ?? 0,
    owner: node.owner,
    group: node.group,
    mode: node.mode,
    replication: file?.replication ?? 0,
    blockSize: file?.blockSize ?? 0,
    hasAcl: node.acl.length > 0,
    encrypted: node.encrypted,
    erasureCoded: node.erasureCoded,
    snapshottable,
  };
}
