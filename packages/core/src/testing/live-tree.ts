/**
 * A secondary's tree as simple as it can be: nodes in maps, renames that move them, and a file system's habit of changing a
 * directory's time whenever a child comes or goes. Tests replay switches on it.
 */
import { compareTreePaths, type Entry } from "../model/entry.ts";
import type { Staged, SwitchStep } from "../ports/target.ts";

/** A live tree with the staging of one run. */
export interface LiveTree {
  /** Makes or changes what is staged; directories above that are missing are made. */
  stage(at: Staged, entry: Entry): void;
  staged(at: Staged): Entry | null;
  /** One step of the switch; done already is success. @throws Error when something is in the way or missing. */
  perform(step: SwitchStep): void;
  /** Takes a step back; never done, or taken back already, is success. @throws Error as above. */
  undo(step: SwitchStep): void;
  /** All live entries, in manifest order. */
  list(): Entry[];
  /** Forgets staging and what was set aside. */
  clear(): void;
  /** How often each top was placed, by its number. */
  readonly placed: ReadonlyMap<number, number>;
}

interface Node {
  entry: Entry;
  readonly children: Map<string, Node>;
}

interface Slot {
  readonly among: Map<string, Node>;
  readonly name: string;
  readonly parent: Node | null;
}

interface State {
  readonly live: Map<string, Node>;
  readonly staging: Map<string, Node>;
  readonly aside: Map<number, Node>;
  readonly placed: Map<number, number>;
  nowMs: number;
}

/** A tree that holds these entries. */
export function createLiveTree(entries: Iterable<Entry>): LiveTree {
  const state: State = {
    live: new Map(),
    staging: new Map(),
    aside: new Map(),
    placed: new Map(),
    nowMs: 9_000_000_000_000,
  };
  for (const entry of entries)
    put(state, slotOf(state, entry.set, entry.path), { entry, children: new Map() });
  // Filling it touched every directory.
  for (const entry of entries) nodeAt(state, entry.set, entry.path).entry = entry;
  return {
    placed: state.placed,
    stage(at, entry) {
      makeStaged(state, at, entry).entry = entry;
    },
    staged: (at) => findStaged(state, at)?.entry ?? null,
    perform: (step) => perform(state, step),
    undo: (step) => undo(state, step),
    list: () =>
      [...state.live.keys()].sort().flatMap((set) => [...entriesIn(state.live.get(set) as Node, set, "")]),
    clear() {
      state.staging.clear();
      state.aside.clear();
    },
  };
}

function perform(state: State, step: SwitchStep): void {
  const { staging, aside, placed } = state;
  if (step.kind === "attributes") return change(state, step.entry, false);
  if (step.kind === "times") return change(state, step.entry, true);
  const slot = slotOf(state, step.set, step.path);
  if (step.kind === "remove") {
    if (aside.has(step.number)) return;
    const node = take(state, slot);
    if (!node) throw new Error(`${step.path} is gone`);
    aside.set(step.number, node);
    return;
  }
  const node = staging.get(String(step.top));
  if (!node) return void nodeAt(state, step.set, step.path);
  put(state, slot, node);
  staging.delete(String(step.top));
  placed.set(step.top, (placed.get(step.top) ?? 0) + 1);
}

function undo(state: State, step: SwitchStep): void {
  const { staging, aside } = state;
  if (step.kind === "attributes") return change(state, step.before, false);
  if (step.kind === "times") return step.before ? change(state, step.before, true) : undefined;
  if (step.kind === "remove") {
    const node = aside.get(step.number);
    if (!node) return;
    put(state, slotOf(state, step.set, step.path), node);
    aside.delete(step.number);
    return;
  }
  if (staging.has(String(step.top))) return;
  const node = take(state, slotOf(state, step.set, step.path));
  if (!node) throw new Error(`${step.path} is neither live nor staged`);
  staging.set(String(step.top), node);
}

function change(state: State, entry: Entry, timesOnly: boolean): void {
  const node = nodeAt(state, entry.set, entry.path);
  if (node.entry.type !== entry.type) throw new Error(`${entry.path} is no ${entry.type}`);
  node.entry = timesOnly ? { ...node.entry, mtimeMs: entry.mtimeMs } : entry;
}

function slotOf({ live }: State, set: string, path: string): Slot {
  if (path === "") return { among: live, name: set, parent: null };
  const names = path.split("/");
  const name = names.pop() as string;
  let parent = live.get(set);
  for (const next of names) parent = parent?.children.get(next);
  if (parent?.entry.type !== "directory") throw new Error(`${set}:${path} has no parent`);
  return { among: parent.children, name, parent };
}

function touch(state: State, { parent }: Slot): void {
  if (parent) parent.entry = { ...parent.entry, mtimeMs: state.nowMs++ };
}

function put(state: State, slot: Slot, node: Node): void {
  if (slot.among.has(slot.name)) throw new Error(`${slot.name} is in the way`);
  slot.among.set(slot.name, node);
  touch(state, slot);
}

function take(state: State, slot: Slot): Node | null {
  const node = slot.among.get(slot.name);
  if (!node) return null;
  slot.among.delete(slot.name);
  touch(state, slot);
  return node;
}

function nodeAt(state: State, set: string, path: string): Node {
  const slot = slotOf(state, set, path);
  const node = slot.among.get(slot.name);
  if (!node) throw new Error(`${set}:${path} is not there`);
  return node;
}

function findStaged({ staging }: State, { top, relative }: Staged): Node | null {
  let node = staging.get(String(top));
  for (const name of relative === "" ? [] : relative.split("/")) node = node?.children.get(name);
  return node ?? null;
}

function makeStaged({ staging }: State, { top, relative }: Staged, entry: Entry): Node {
  const directory: Entry = { ...entry, type: "directory" };
  let among = staging;
  let made: Node | null = null;
  for (const name of [String(top), ...(relative === "" ? [] : relative.split("/"))]) {
    made = among.get(name) ?? { entry: directory, children: new Map() };
    among.set(name, made);
    among = made.children;
  }
  return made as Node;
}

function* entriesIn(node: Node, set: string, path: string): Generator<Entry> {
  yield { ...node.entry, set, path };
  for (const name of [...node.children.keys()].sort(compareTreePaths))
    yield* entriesIn(node.children.get(name) as Node, set, path === "" ? name : `${path}/${name}`);
}
