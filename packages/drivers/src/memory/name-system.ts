/**
 * The name system of an HDFS in memory: its state, and how paths lead to inodes. Deterministic: ids are counted,
 * time is handed in, nothing here waits. Editing is in edit.ts, snapshots in snapshots.ts, rights in rights.ts.
 */
import { CoevalError } from "@coeval/core/errors";
import { type Content, copyContent } from "./content.ts";
import { copyNode, type DirectoryNode, type Inode, setChild } from "./inode.ts";

export interface NameSystem {
  root: DirectoryNode;
  /** Raised by every snapshot: nodes of earlier epochs may be shared. */
  epoch: number;
  nextInode: number;
  nextSnapshot: number;
  readonly snapshottable: Map<number, Snapshot[]>;
  /** Files open for writing, by inode id. */
  readonly openFiles: Map<number, Content>;
  readonly quotas: Map<number, Quota>;
  readonly settings: Map<string, string>;
  readonly superuser: string;
  /** Groups of each user beside the one that bears its name. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly identity: { clusterId: string; namespaceId: string };
  safeMode: boolean;
  capacityBytes: number;
  remainingBytes: number;
  /** The cluster's own clock, whole ms. */
  readonly nowMs: () => number;
}

export interface Snapshot {
  name: string;
  readonly id: number;
  /** The root as it was; but for the stamp, which a renaming of the snapshot sets, never changed again. */
  tree: DirectoryNode;
}

export interface Quota {
  readonly names: number | null;
  readonly bytes: number | null;
}

/** HDFS's own first inode id. */
export const ROOT_INODE = 16385;

/** One step of a path: the inode and the name that led to it. */
export interface Step {
  readonly name: string;
  readonly node: Inode;
}

/** Where a path leads. */
export interface Resolved {
  /** From `/` on; the last is the node itself when all names exist. */
  readonly steps: readonly Step[];
  /** The names that lead nowhere. */
  readonly missing: readonly string[];
  readonly inSnapshot: boolean;
}

/** Follows a path, into snapshots too. Names below a file lead nowhere. */
export function resolve(names: NameSystem, path: string): Resolved {
  const parts = splitPath(path);
  const steps: Step[] = [{ name: "", node: names.root }];
  let inSnapshot = false;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as string;
    const here = (steps.at(-1) as Step).node;
    const snapshots = part === ".snapshot" && !inSnapshot ? names.snapshottable.get(here.id) : undefined;
    let next: Inode | undefined;
    if (snapshots) {
      inSnapshot = true;
      const snapshot = snapshots.find(({ name }) => name === parts[i + 1]);
      // The root's attributes as of the snapshot decide who may pass, so it takes the live root's place.
      if (snapshot) steps[steps.length - 1] = { name: (steps.at(-1) as Step).name, node: snapshot.tree };
      if (!snapshot) return { steps, missing: parts.slice(i), inSnapshot };
      i++;
      continue;
    }
    if (here.type === "directory") next = here.children.get(part);
    if (!next) return { steps, missing: parts.slice(i), inSnapshot };
    steps.push({ name: part, node: next });
  }
  return { steps, missing: [], inSnapshot };
}

/** The node at a path, or null. */
export function find(names: NameSystem, path: string): Inode | null {
  const { steps, missing } = resolve(names, path);
  return missing.length === 0 ? (steps.at(-1) as Step).node : null;
}

/** The node at a path. @throws CoevalError `not-found`. */
export function get(names: NameSystem, path: string): Inode {
  const node = find(names, path);
  if (!node) throw notFound(path);
  return node;
}

/** A node of the live tree that may be changed: all nodes on the way are copied off the snapshots first. */
export function own(names: NameSystem, path: string): Inode {
  if (names.root.epoch < names.epoch) names.root = copyNode(names.root, names.epoch);
  let node: Inode = names.root;
  for (const part of splitPath(path)) {
    const child: Inode | undefined = node.type === "directory" ? node.children.get(part) : undefined;
    if (!child || node.type !== "directory") throw notFound(path);
    const owned: Inode = child.epoch < names.epoch ? copyNode(child, names.epoch) : child;
    if (owned !== child) {
      setChild(node, part, owned);
      detachOpenFile(names, owned);
    }
    node = owned;
  }
  return node;
}

/** The first change of a file after a snapshot makes HDFS note its length, which ends its growing inside the snapshot. */
function detachOpenFile(names: NameSystem, node: Inode): void {
  if (node.type !== "file" || !names.openFiles.has(node.id)) return;
  node.content = copyContent(node.content);
  names.openFiles.set(node.id, node.content);
}

/** A directory of the live tree that may be changed. */
export function ownDirectory(names: NameSystem, path: string): DirectoryNode {
  const node = own(names, path);
  if (node.type !== "directory") throw new CoevalError("cluster-refused", `${path} is not a directory`);
  return node;
}

/** Every node below a directory with its path, depth first in listing order; the directory itself first. */
export function* descend(node: Inode, path: string): Generator<readonly [path: string, node: Inode]> {
  yield [path, node];
  if (node.type !== "directory") return;
  for (const [name, child] of node.children)
    yield* descend(child, path === "/" ? `/${name}` : `${path}/${name}`);
}

/** The live path of an inode; null when it is gone. */
export function pathOf(names: NameSystem, id: number): string | null {
  for (const [path, node] of descend(names.root, "/")) if (node.id === id) return path;
  return null;
}

/** Names of an absolute path. */
export function splitPath(path: string): string[] {
  if (!path.startsWith("/")) throw new CoevalError("cluster-refused", `'${path}' is not absolute`);
  const parts = path === "/" ? [] : path.slice(1).split("/");
  if (parts.includes("")) throw new CoevalError("cluster-refused", `Invalid path name: ${path}`);
  return parts;
}

export function notFound(path: string): CoevalError {
  return new CoevalError("not-found", `File does not exist: ${path}`);
}
