/**
 * Random trees of data sets and random histories between two moments, as manifests: files and directories that replace one another,
 * subtrees that go, files made again under their old name, attributes alone, files that stay open.
 */
import { compareEntries, type Entry } from "../model/entry.ts";
import type { Chance } from "./chance.ts";
import { digestOf } from "./fake-hash.ts";

/** `set:path` → entry; the digests of files are of contentOf. */
export type Tree = ReadonlyMap<string, Entry>;

const NAMES = ["a", "a b", "a!", "b", "B", "ä", "𝒳", "\uFF5A", "%41", "c.txt"] as const;
const SETS = ["alpha", "beta", "gamma-1"] as const;
const DEPTH_MAX = 4;
const LENGTHS = [0, 1, 10, 200] as const;

/** A tree of one to three data sets with up to `size` entries each. */
export function randomTree(chance: Chance, size: number): Tree {
  const history = begin(chance, new Map());
  for (const set of SETS.slice(0, 1 + chance.below(SETS.length))) {
    make(history, set, "", "directory");
    for (let i = chance.below(size + 1); i > 0; i--) add(history);
  }
  return history.tree;
}

/** The tree after up to `changes` changes of every kind. */
export function randomLater(chance: Chance, before: Tree, changes: number): Tree {
  const history = begin(chance, before);
  for (let i = chance.below(changes + 1); i > 0; i--) chance.pick(CHANGES)(history);
  return history.tree;
}

/** The bytes of a file: other ones for another inode, time or length. */
export function contentOf({ id, mtimeMs, length }: Entry): Uint8Array {
  const words = new TextEncoder().encode(`${id} at ${mtimeMs} of ${length}; `);
  return Uint8Array.from({ length }, (_, index) => words[index % words.length] as number);
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

interface History {
  readonly chance: Chance;
  readonly tree: Map<string, Entry>;
  ids: number;
  nowMs: number;
}

/** Every id and every time is later than any of the tree before. */
function begin(chance: Chance, before: Tree): History {
  const entries = [...before.values()];
  return {
    chance,
    tree: new Map(before),
    ids: entries.reduce((most, { id }) => Math.max(most, Number(id)), 1000),
    nowMs: entries.reduce((latest, { mtimeMs }) => Math.max(latest, mtimeMs), 1_700_000_000_000),
  };
}

type ChangeOf = (history: History) => void;

const CHANGES: readonly ChangeOf[] = [
  add,
  add,
  add,
  remake("file", "file"),
  remake("directory", "file"),
  remake("file", "directory"),
  edit((file, history) => filled({ ...file, length: file.length + 1, mtimeMs: tick(history) }), "file"),
  // Refilled to the same length: the modification time alone tells.
  edit((file, history) => filled({ ...file, mtimeMs: tick(history) }), "file"),
  // Open, and appended to meanwhile, which moves neither time nor id.
  edit((file) => filled({ ...file, length: file.length + 1, open: true }), "file"),
  // Closing a file sets its time.
  edit(({ open: _, ...file }, history) => filled({ ...file, mtimeMs: tick(history) }), "file"),
  edit((entry, { chance }) => ({ ...entry, owner: chance.pick(["ann", "ben", "cat"]) })),
  edit((entry, { chance }) => ({ ...entry, mode: chance.pick([0o600, 0o700, 0o1777]) })),
  edit((entry) => ({ ...entry, acl: ["group:x:rw-", "user:y:r--"] })),
  edit(({ acl: _, ...entry }) => entry),
  edit((entry, { chance }) => ({ ...entry, xattrs: [["user.k", String(chance.below(10))]] })),
  edit((directory, history) => ({ ...directory, mtimeMs: tick(history) }), "directory"),
  remove,
  removeSet,
  addSet,
];

function tick(history: History): number {
  history.nowMs += 1 + history.chance.below(5);
  return history.nowMs;
}

function some({ tree, chance }: History, wanted: (entry: Entry) => boolean): Entry | null {
  const found = [...tree.values()].filter(wanted);
  return found.length === 0 ? null : chance.pick(found);
}

function keyOf(set: string, path: string): string {
  return `${set}:${path}`;
}

function put({ tree }: History, entry: Entry): void {
  tree.set(keyOf(entry.set, entry.path), entry);
}

function filled(entry: Entry): Entry {
  return { ...entry, sha256: digestOf(contentOf(entry)) };
}

function make(history: History, set: string, path: string, type: Entry["type"]): void {
  const { chance } = history;
  const file = type === "file";
  const entry: Entry = {
    set,
    path,
    type,
    id: String(++history.ids),
    length: file ? chance.pick(LENGTHS) : 0,
    mtimeMs: tick(history),
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
  put(history, file ? filled(entry) : entry);
  touch(history, set, path);
}

/** A change among a directory's children moves its time. */
function touch(history: History, set: string, path: string): void {
  if (path === "") return;
  const above = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
  const parent = history.tree.get(keyOf(set, above));
  if (parent) put(history, { ...parent, mtimeMs: tick(history) });
}

function drop({ tree }: History, top: Entry): void {
  for (const [key, { set, path }] of tree) {
    if (set === top.set && (top.path === "" || path === top.path || path.startsWith(`${top.path}/`)))
      tree.delete(key);
  }
}

function add(history: History): void {
  const { chance, tree } = history;
  const parent = some(
    history,
    ({ type, path }) => type === "directory" && path.split("/").length < DEPTH_MAX,
  );
  if (!parent) return;
  const path = parent.path === "" ? chance.pick(NAMES) : `${parent.path}/${chance.pick(NAMES)}`;
  if (!tree.has(keyOf(parent.set, path)))
    make(history, parent.set, path, chance.once(3) ? "directory" : "file");
}

function remake(type: Entry["type"], was: Entry["type"]): ChangeOf {
  return (history) => {
    const { chance } = history;
    const entry = some(history, (one) => one.type === was && one.path !== "");
    if (!entry) return;
    drop(history, entry);
    make(history, entry.set, entry.path, type);
    for (let i = chance.below(3); type === "directory" && i > 0; i--)
      make(history, entry.set, `${entry.path}/${NAMES[i]}`, chance.once(2) ? "directory" : "file");
  };
}

function edit(change: (entry: Entry, history: History) => Entry, type?: Entry["type"]): ChangeOf {
  return (history) => {
    const entry = some(history, (one) => type === undefined || one.type === type);
    if (entry) put(history, change(entry, history));
  };
}

function remove(history: History): void {
  const entry = some(history, ({ path }) => path !== "");
  if (!entry) return;
  drop(history, entry);
  touch(history, entry.set, entry.path);
}

function removeSet(history: History): void {
  const root = some(history, ({ path }) => path === "");
  if (root && history.chance.once(4)) drop(history, root);
}

function addSet(history: History): void {
  const set = history.chance.pick(SETS);
  if (!history.tree.has(keyOf(set, ""))) make(history, set, "", "directory");
}
