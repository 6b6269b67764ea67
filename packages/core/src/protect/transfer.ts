/**
 * The transfer's plan: what must change at the target so that it becomes the snapshot, from the sorted listings of both.
 * A full copy is an incremental one from nothing. Both listings are streamed and merged; memory holds one chain of directories.
 */
import { compareEntries, type Entry, sameAttributes } from "../model/entry.ts";
import type { Staged } from "../ports/target.ts";

/** One entry of a plan, in manifest order, numbered from 1; `times` come when a directory is left. */
export type Change =
  /** New, or with other content than the base's. `at.top` is its own number when it is renamed into place itself. */
  | {
      readonly number: number;
      readonly kind: "put";
      readonly entry: Entry;
      readonly at: Staged;
      readonly replaces: boolean;
    }
  /** Same content, other attributes or times. */
  | { readonly number: number; readonly kind: "attributes"; readonly entry: Entry; readonly before: Entry }
  /** Gone from the source; with all that lies in it. */
  | { readonly number: number; readonly kind: "delete"; readonly before: Entry }
  /** Times of a directory whose children changed; `at` when it lies in staging. */
  | {
      readonly number: number;
      readonly kind: "times";
      readonly entry: Entry;
      readonly before: Entry | null;
      readonly at: Staged | null;
    };

/** Directories deep that a path can be: HDFS's bound of 1,000 names in a path. */
const DEPTH_MAX = 1000;

interface Level {
  readonly entry: Entry;
  readonly before: Entry | null;
  /** Where the directory is staged, null when it is live. */
  readonly at: Staged | null;
  touched: boolean;
}

/**
 * Merges base and snapshot into changes. Both must be in manifest order; a disorder throws.
 * Everything counts once: a deleted directory hides what lay in it.
 */
export async function* plan(
  base: AsyncIterable<Entry>,
  snapshot: AsyncIterable<Entry>,
): AsyncGenerator<Change> {
  const levels: Level[] = [];
  let number = 0;
  let hidden: Entry | null = null;
  for await (const [before, entry] of pairs(base, snapshot)) {
    const place = (entry ?? before) as Entry;
    for (const change of leave(levels, place)) yield { ...change, number: ++number };
    if (hidden && !isBelow(place, hidden)) hidden = null;
    const parent = levels.at(-1);
    if (!entry) {
      if (hidden) continue;
      if (parent) parent.touched = true;
      hidden = place;
      yield { number: ++number, kind: "delete", before: place };
      continue;
    }
    const old: Entry | null = hidden ? null : before;
    const level = levelOf(entry, old, parent, number + 1);
    if (entry.type === "directory") {
      if (levels.length >= DEPTH_MAX)
        throw new RangeError(`deeper than ${DEPTH_MAX} directories: ${entry.path}`);
      levels.push(level);
    }
    const kind = judgeEntry(old, entry);
    if (kind === "same") continue;
    if (kind === "attributes") {
      yield { number: ++number, kind, entry, before: old as Entry };
      continue;
    }
    if (parent) parent.touched = true;
    if (entry.type === "directory") level.touched = true;
    if (old && old.type === "directory") hidden = old;
    yield { number: ++number, kind: "put", entry, at: level.at as Staged, replaces: old !== null };
  }
  for (const change of leave(levels, null)) yield { ...change, number: ++number };
}

/** What must happen to one entry; directories are compared by type alone, their children speak for themselves. */
export function judgeEntry(before: Entry | null, entry: Entry): "put" | "attributes" | "same" {
  if (!before || before.type !== entry.type) return "put";
  if (entry.type === "directory") {
    return sameAttributes(before, entry) && before.mtimeMs === entry.mtimeMs ? "same" : "attributes";
  }
  // An open file's modification time and id do not move while it grows, so it is always looked at again.
  const sameContent =
    before.id === entry.id &&
    before.length === entry.length &&
    before.mtimeMs === entry.mtimeMs &&
    !before.open &&
    !entry.open;
  if (!sameContent) return "put";
  return sameAttributes(before, entry) ? "same" : "attributes";
}

function levelOf(entry: Entry, before: Entry | null, parent: Level | undefined, number: number): Level {
  const put = judgeEntry(before, entry) === "put";
  const touched = false;
  if (parent?.at) {
    const name = entry.path.slice(entry.path.lastIndexOf("/") + 1);
    const relative = parent.at.relative === "" ? name : `${parent.at.relative}/${name}`;
    return { entry, before, at: { top: parent.at.top, relative }, touched };
  }
  return { entry, before, at: put ? { top: number, relative: "" } : null, touched };
}

/** Leaves the directories that do not hold `next`, innermost first, with their times where children changed. */
function* leave(
  levels: Level[],
  next: Entry | null,
): Generator<Omit<Extract<Change, { kind: "times" }>, "number">> {
  for (;;) {
    const level = levels.at(-1);
    if (!level || (next && isBelow(next, level.entry))) return;
    levels.pop();
    if (level.touched) yield { kind: "times", entry: level.entry, before: level.before, at: level.at };
  }
}

function isBelow(entry: Entry, directory: Entry): boolean {
  if (entry.set !== directory.set || entry.path === directory.path) return false;
  return directory.path === "" || entry.path.startsWith(`${directory.path}/`);
}

/** Pairs two sorted streams by place. */
async function* pairs(
  base: AsyncIterable<Entry>,
  snapshot: AsyncIterable<Entry>,
): AsyncGenerator<readonly [before: Entry | null, entry: Entry | null]> {
  const left = sorted(base)[Symbol.asyncIterator]();
  const right = sorted(snapshot)[Symbol.asyncIterator]();
  try {
    let a = await left.next();
    let b = await right.next();
    while (!a.done || !b.done) {
      const order = a.done ? 1 : b.done ? -1 : compareEntries(a.value, b.value);
      yield [order <= 0 ? (a.value as Entry) : null, order >= 0 ? (b.value as Entry) : null];
      if (order <= 0) a = await left.next();
      if (order >= 0) b = await right.next();
    }
  } finally {
    await left.return?.(undefined);
    await right.return?.(undefined);
  }
}

/** Passes a stream on and throws at the first entry out of order: a wrong order would delete what exists. */
async function* sorted(entries: AsyncIterable<Entry>): AsyncGenerator<Entry> {
  let last: Entry | null = null;
  for await (const entry of entries) {
    if (last && compareEntries(last, entry) >= 0)
      throw new RangeError(`out of order: ${last.path} before ${entry.path}`);
    last = entry;
    yield entry;
  }
}
