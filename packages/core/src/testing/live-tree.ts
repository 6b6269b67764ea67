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
  /** Renames so far, of tops by their number. */
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

/** A tree that holds these entries. */
export function createLiveTree(entries: Iterable<Entry>): LiveTree {
  const live = new Map<string, Node>();
  const staging = new Map<string, Node>();
  const aside = new Map<number, Node>();
  const placed = new Map<number, number>();
  let nowMs = 9_000_000_000_000;

  const slotOf = (set: string, path: string): Slot => {
    if (path === "") return { among: live, name: set, parent: null };
    const names = path.split("/");
    const name = names.pop() as string;
    let parent = live.get(set);
    for (const next of names) parent = parent?.children.get(next);
    if (parent?.entry.type !== "directory") throw new Error(`${set}:${path} has no parent`);
    return { among: parent.children, name, parent };
  };
  const touch = ({ parent }: Slot): void => {
    if (parent) parent.entry = { ...parent.entry, mtimeMs: nowMs++ };
  };
  const put = (slot: Slot, node: Node): void => {
    if (slot.among.has(slot.name)) throw new Error(`${slot.name} is in the way`);
    slot.among.set(slot.name, node);
    touch(slot);
  };
  const take = (slot: Slot): Node | null => {
    const node = slot.among.get(slot.name) ?? null;
    if (node) slot.among.delete(slot.name);
    if (node) touch(slot);
    return node;
  };
  const nodeAt = (set: string, path: string): Node => {
    const slot = slotOf(set, path);
    const node = slot.among.get(slot.name);
    if (!node) throw new Error(`${set}:${path} is not there`);
    return node;
  };
  const change = (entry: Entry, times: boolean): void => {
    const node = nodeAt(entry.set, entry.path);
    if (node.entry.type !== entry.type) throw new Error(`${entry.path} is no ${entry.type}`);
    node.entry = times ? { ...node.entry, mtimeMs: entry.mtimeMs } : entry;
  };
  const stagedNode = ({ top, relative }: Staged, make: Entry | null): Node | null => {
    const names = relative === "" ? [] : relative.split("/");
    let among = staging;
    let node: Node | undefined;
    for (const name of [String(top), ...names]) {
      node = among.get(name);
      if (!node && !make) return null;
      if (!node && make)
        among.set(name, (node = { entry: { ...make, type: "directory" }, children: new Map() }));
      among = (node as Node).children;
    }
    return node ?? null;
  };

  for (const entry of entries) put(slotOf(entry.set, entry.path), { entry, children: new Map() });
  // Filling it touched every directory.
  for (const entry of entries) nodeAt(entry.set, entry.path).entry = entry;

  return {
    placed,
    stage(at, entry) {
      (stagedNode(at, entry) as Node).entry = entry;
    },
    staged: (at) => stagedNode(at, null)?.entry ?? null,
    perform(step) {
      if (step.kind === "attributes") return change(step.entry, false);
      if (step.kind === "times") return change(step.entry, true);
      const slot = slotOf(step.set, step.path);
      if (step.kind === "remove") {
        if (aside.has(step.number)) return;
        const node = take(slot);
        if (!node) throw new Error(`${step.path} is gone`);
        aside.set(step.number, node);
        return;
      }
      const node = staging.get(String(step.top));
      if (!node) return void nodeAt(step.set, step.path);
      put(slot, node);
      staging.delete(String(step.top));
      placed.set(step.top, (placed.get(step.top) ?? 0) + 1);
    },
    undo(step) {
      if (step.kind === "attributes") return change(step.before, false);
      if (step.kind === "times") return step.before ? change(step.before, true) : undefined;
      if (step.kind === "remove") {
        const node = aside.get(step.number);
        if (!node) return;
        put(slotOf(step.set, step.path), node);
        aside.delete(step.number);
        return;
      }
      if (staging.has(String(step.top))) return;
      const node = take(slotOf(step.set, step.path));
      if (!node) throw new Error(`${step.path} is neither live nor staged`);
      staging.set(String(step.top), node);
    },
    list: () => [...live.keys()].sort().flatMap((set) => [...entriesIn(live.get(set) as Node, set, "")]),
    clear() {
      staging.clear();
      aside.clear();
    },
  };
}

function* entriesIn(node: Node, set: string, path: string): Generator<Entry> {
  yield { ...node.entry, set, path };
  for (const name of [...node.children.keys()].sort(compareTreePaths))
    yield* entriesIn(node.children.get(name) as Node, set, path === "" ? name : `${path}/${name}`);
}
