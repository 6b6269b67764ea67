/** Trees of clusters in memory, as checkers compare them: flat, by path, with what a file held at an instant. */
import type { Content } from "@coeval/drivers/memory/content";
import { readContent } from "@coeval/drivers/memory/content";
import type { DirectoryNode, Inode } from "@coeval/drivers/memory/inode";
import { resolve, type NameSystem } from "@coeval/drivers/memory/name-system";

/** Path relative to the top (empty for the top itself) → its inode. */
export type Tree = ReadonlyMap<string, Inode>;

/** All that lies at and below a node. */
export function treeOf(top: Inode): Tree {
  const tree = new Map<string, Inode>();
  const add = (path: string, node: Inode): void => {
    tree.set(path, node);
    if (node.type !== "directory") return;
    for (const [name, child] of node.children) add(path === "" ? name : `${path}/${name}`, child);
  };
  add("", top);
  return tree;
}

/** The node at a path below another one; null when there is none. */
export function nodeBelow(top: DirectoryNode, path: string): Inode | null {
  let node: Inode | undefined = top;
  for (const name of path === "" ? [] : path.split("/")) {
    node = node?.type === "directory" ? node.children.get(name) : undefined;
  }
  return node ?? null;
}

/** The node at an absolute path, snapshot paths too; null when there is none. */
export function nodeAt(names: NameSystem, path: string): Inode | null {
  const { steps, missing } = resolve(names, path);
  return missing.length === 0 ? (steps.at(-1)?.node ?? null) : null;
}

/** The first `length` bytes of a content. */
export function bytesOf(content: Content, length: number): Uint8Array {
  const bytes = new Uint8Array(Math.min(length, content.length));
  let at = 0;
  for (const chunk of readContent(content, 0, bytes.length)) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** True when the first `length` bytes of both are the same, and both have so many. */
export function sameBytes(a: Content, b: Content, length: number): boolean {
  if (a.length < length || b.length < length) return false;
  if (a === b || (a.length === b.length && a.chunks.every((chunk, index) => chunk === b.chunks[index])))
    return true;
  const left = bytesOf(a, length);
  const right = bytesOf(b, length);
  return left.every((byte, index) => byte === right[index]);
}

/** What differs between two nodes apart from content; empty when nothing does. Directories' own children are not looked at. */
export function attributeDifferences(a: Inode, b: Inode): string[] {
  const fields = ["type", "owner", "group", "mode", "mtimeMs"] as const;
  const different: string[] = fields
    .filter((field) => a[field] !== b[field])
    .map((field) => (field === "mtimeMs" ? `mtimeMs ${a[field]} ≠ ${b[field]}` : field));
  if (JSON.stringify([...a.acl].sort()) !== JSON.stringify([...b.acl].sort())) different.push("acl");
  if (sortedXattrs(a) !== sortedXattrs(b)) different.push("xattrs");
  if (a.type === "file" && b.type === "file") {
    for (const field of ["replication", "blockSize", "atimeMs"] as const)
      if (a[field] !== b[field]) different.push(field);
  }
  return different;
}

function sortedXattrs(node: Inode): string {
  return JSON.stringify([...node.xattrs].sort(([a], [b]) => (a < b ? -1 : 1)));
}
