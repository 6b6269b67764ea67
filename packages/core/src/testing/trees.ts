/**
 * Random trees of data sets and random histories between two moments, as manifests: files and directories that replace one another,
 * subtrees that go, files made again under their old name, attributes alone, files that stay open.
 */
import { compareEntries, type Entry } from "../model/entry.ts";
import type { Chance } from "./chance.ts";
import { digestOf } from "./fake-hash.ts";

/** `set:path` → entry; a file's content is what its `sha256` is the digest of. */
export type Tree = ReadonlyMap<string, Entry>;

const NAMES = ["a", "a b", "a!", "b", "B", "ä", "𝒳", "\uFF5A", "%41", "c.txt"] as const;
const SETS = ["alpha", "beta", "gamma-1"] as const;
const DEPTH_MAX = 4;
const LENGTHS = [0, 1, 10, 200] as const;

/** A tree of one to three data sets with up to `size` entries each. */
export function randomTree(chance: Chance, size: number): Tree {
  const world = createHistory(chance, new Map());
  for (const set of SETS.slice(0, 1 + chance.below(SETS.length))) {
    world.addSet(set);
    for (let i = chance.below(size + 1); i > 0; i--) world.add();
  }
  return world.tree;
}

/** The tree after up to `changes` changes of every kind. */
export function randomLater(chance: Chance, before: Tree, changes: number): Tree {
  const world = createHistory(chance, before);
  for (let i = chance.below(changes + 1); i > 0; i--) chance.pick(world.changes)();
  return world.tree;
}

/** In manifest order, as a listing of a snapshot gives them: files without digests. */
export async function* listed(tree: Tree): AsyncGenerator<Entry> {
  for (const { sha256: _, ...entry } of inOrder(tree)) yield entry;
}

/** In manifest order, with digests. */
export async function* manifestOf(tree: Tree): AsyncGenerator<Entry> {
  yield* inOrder(tree);
}

/** In manifest order. */
export function inOrder(tree: Tree): Entry[] {
  return [...tree.values()].sort(compareEntries);
}

function createHistory(chance: Chance, before: Tree) {
  const tree = new Map(before);
  let ids = 1000 + before.size * 1000;
  let nowMs = 1_700_000_000_000 + before.size * 1_000_000;
  const tick = () => (nowMs += 1 + chance.below(5));
  const key = (set: string, path: string) => `${set}:${path}`;

  const some = (wanted: (entry: Entry) => boolean): Entry | null => {
    const found = [...tree.values()].filter(wanted);
    return found.length === 0 ? null : chance.pick(found);
  };
  const put = (entry: Entry): void => void tree.set(key(entry.set, entry.path), entry);
  const filled = (entry: Entry): Entry => {
    const sha256 = digestOf(`content ${entry.id} ${entry.length} ${tick()}`);
    return { ...entry, sha256 };
  };
  const make = (set: string, path: string, type: Entry["type"]): void => {
    const file = type === "file";
    const entry: Entry = {
      set,
      path,
      type,
      id: String(++ids),
      length: file ? chance.pick(LENGTHS) : 0,
      mtimeMs: tick(),
      atimeMs: 0,
      owner: chance.pick(["ann", "ben"]),
      group: "staff",
      mode: chance.pick([0o644, 0o755, 0o1777]),
      replication: file ? 3 : 0,
      blockSize: file ? 1024 : 0,
      ...(chance.once(4) ? { acl: ["user:cat:r--"] } : {}),
      ...(chance.once(4) ? { xattrs: [["user.k", "6b"]] as const } : {}),
      ...(file && chance.once(8) ? { open: true as const } : {}),
    };
    put(file ? filled(entry) : entry);
    touch(set, path);
  };
  /** A change among a directory's children moves its time. */
  const touch = (set: string, path: string): void => {
    if (path === "") return;
    const parent = tree.get(key(set, parentOf(path)));
    if (parent) put({ ...parent, mtimeMs: tick() });
  };
  const drop = (entry: Entry): void => {
    for (const other of [...tree.values()]) if (isIn(other, entry)) tree.delete(key(other.set, other.path));
  };
  const add = (): void => {
    const parent = some(({ type, path }) => type === "directory" && path.split("/").length < DEPTH_MAX);
    if (!parent) return;
    const path = parent.path === "" ? chance.pick(NAMES) : `${parent.path}/${chance.pick(NAMES)}`;
    if (!tree.has(key(parent.set, path))) make(parent.set, path, chance.once(3) ? "directory" : "file");
  };
  const remake = (type: Entry["type"], was: Entry["type"]) => () => {
    const entry = some((one) => one.type === was && one.path !== "");
    if (!entry) return;
    drop(entry);
    make(entry.set, entry.path, type);
    for (let i = chance.below(3); type === "directory" && i > 0; i--)
      make(entry.set, `${entry.path}/${NAMES[i]}`, chance.once(2) ? "directory" : "file");
  };
  const edit = (change: (entry: Entry) => Entry, type?: Entry["type"]) => () => {
    const entry = some((one) => type === undefined || one.type === type);
    if (entry) put(change(entry));
  };
  const changes: readonly (() => void)[] = [
    add,
    add,
    add,
    remake("file", "file"),
    remake("directory", "file"),
    remake("file", "directory"),
    edit((file) => filled({ ...file, length: file.length + 1, mtimeMs: tick() }), "file"),
    // Refilled to the same length: the modification time alone tells.
    edit((file) => filled({ ...file, mtimeMs: tick() }), "file"),
    // Open, and written meanwhile, which moves neither time nor id.
    edit((file) => filled({ ...file, open: true }), "file"),
    // Closing a file sets its time.
    edit(({ open: _, ...file }) => ({ ...file, mtimeMs: tick() }), "file"),
    edit((entry) => ({ ...entry, owner: chance.pick(["ann", "ben", "cat"]) })),
    edit((entry) => ({ ...entry, mode: chance.pick([0o600, 0o700, 0o1777]) })),
    edit((entry) => ({ ...entry, acl: ["group:x:rw-", "user:y:r--"] })),
    edit(({ acl: _, ...entry }) => entry),
    edit((entry) => ({ ...entry, xattrs: [["user.k", String(chance.below(10))]] })),
    edit((directory) => ({ ...directory, mtimeMs: tick() }), "directory"),
    () => {
      const entry = some(({ path }) => path !== "");
      if (!entry) return;
      drop(entry);
      touch(entry.set, entry.path);
    },
    () => {
      const root = some(({ path }) => path === "");
      if (root && chance.once(4)) drop(root);
    },
    () => {
      const set = chance.pick(SETS);
      if (!tree.has(key(set, ""))) make(set, "", "directory");
    },
  ];
  return { tree: tree as Tree, add, addSet: (set: string) => make(set, "", "directory"), changes };
}

function parentOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}

function isIn(entry: Entry, top: Entry): boolean {
  if (entry.set !== top.set) return false;
  return top.path === "" || entry.path === top.path || entry.path.startsWith(`${top.path}/`);
}
