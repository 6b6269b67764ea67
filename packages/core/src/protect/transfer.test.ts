import assert from "node:assert/strict";
import { test } from "node:test";
import { compareEntries, type Entry, sameAttributes } from "../model/entry.ts";
import { chanceOf } from "../testing/chance.ts";
import { inOrder, listed, manifestOf, randomLater, randomTree, type Tree } from "../testing/trees.ts";
import { applyChanges, switchSteps } from "./apply.ts";
import { type Change, plan } from "./transfer.ts";

const SEEDS = 600;

async function gather<T>(items: AsyncIterable<T>): Promise<T[]> {
  return Array.fromAsync(items);
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** A plan as it leaves the sender: puts with the digest of what was sent, the rest with the base's. */
function withDigests(changes: readonly Change[], later: Tree): Change[] {
  return changes.map((change) => {
    const sha256 =
      change.kind === "put"
        ? later.get(`${change.entry.set}:${change.entry.path}`)?.sha256
        : change.kind === "attributes"
          ? change.before.sha256
          : undefined;
    return sha256 === undefined || change.kind === "delete"
      ? change
      : { ...change, entry: { ...change.entry, sha256 } };
  });
}

interface History {
  readonly seed: number;
  readonly before: Tree;
  readonly later: Tree;
  readonly changes: readonly Change[];
}

/** Random pairs of trees: one grown from the other, or two that have nothing to do with each other. */
async function* histories(): AsyncGenerator<History> {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const chance = chanceOf(seed);
    const before = seed % 10 === 0 ? new Map<string, Entry>() : randomTree(chance, 14);
    const later = seed % 7 === 0 ? randomTree(chance, 14) : randomLater(chance, before, 12);
    const changes = await gather(plan(manifestOf(before), listed(later)));
    yield { seed, before, later, changes: withDigests(changes, later) };
  }
}

test("the base with the plan's changes applied is the snapshot, whatever happened in between", async () => {
  for await (const { seed, before, later, changes } of histories()) {
    const made = await gather(applyChanges(manifestOf(before), each(changes)));
    assert.deepEqual(made, inOrder(later), `seed ${seed}`);
  }
});

test("an unchanged tree has an empty plan, and an open file in it is looked at again all the same", async () => {
  for (let seed = 1; seed <= 100; seed++) {
    const tree = randomTree(chanceOf(seed), 14);
    const kinds = (await gather(plan(manifestOf(tree), listed(tree)))).map(({ kind }) => kind);
    const open = inOrder(tree).filter((entry) => entry.open);
    assert.equal(kinds.filter((kind) => kind === "put").length, open.length, `seed ${seed}`);
    assert.ok(kinds.every((kind) => kind === "put" || kind === "times"));
    if (open.length === 0) assert.deepEqual(kinds, []);
  }
});

test("changes are numbered from 1 without a gap, each place is put, deleted or given attributes once", async () => {
  for await (const { seed, changes } of histories()) {
    assert.deepEqual(
      changes.map(({ number }) => number),
      changes.map((_, index) => index + 1),
      `seed ${seed}`,
    );
    const acts = changes.filter(({ kind }) => kind !== "times").map(placeOf);
    assert.equal(new Set(acts.map(({ set, path }) => `${set}:${path}`)).size, acts.length, `seed ${seed}`);
    for (let i = 1; i < acts.length; i++)
      assert.ok(compareEntries(acts[i - 1] as Entry, acts[i] as Entry) < 0, `seed ${seed}`);
  }
});

test("every live directory among whose children something came or went gets its times afterwards", async () => {
  for await (const { seed, changes } of histories()) {
    for (const [index, change] of changes.entries()) {
      const structural = change.kind === "delete" || (change.kind === "put" && change.at.relative === "");
      const { set, path } = placeOf(change);
      if (!structural || path === "") continue;
      const parent = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
      const after = changes.slice(index + 1).filter((one) => one.kind === "times" && one.at === null);
      const found = after.filter((one) => placeOf(one).set === set && placeOf(one).path === parent);
      assert.equal(found.length, 1, `seed ${seed}: ${set}:${parent} after ${path}`);
    }
  }
});

test("what is new is renamed into place once, as a whole: every staged entry lies below one placed top", async () => {
  for await (const { seed, changes } of histories()) {
    const tops = changes
      .flatMap((change) => switchSteps(change))
      .flatMap((step) => (step.kind === "place" ? [step.top] : []));
    assert.equal(new Set(tops).size, tops.length, `seed ${seed}`);
    const staged = changes.flatMap((change) => (change.kind === "put" ? [change.at.top] : []));
    assert.deepEqual(new Set(staged), new Set(tops), `seed ${seed}`);
  }
});

test("attributes alone send no content, and say what they were before", async () => {
  for await (const { before, changes } of histories()) {
    for (const change of changes) {
      if (change.kind !== "attributes") continue;
      const old = before.get(`${change.entry.set}:${change.entry.path}`) as Entry;
      assert.deepEqual(change.before, old);
      const moved = change.entry.type === "directory" && old.mtimeMs !== change.entry.mtimeMs;
      assert.ok(moved || !sameAttributes(old, change.entry));
    }
  }
});

test("a deleted directory counts once, with all that lay in it", async () => {
  const base = [dir(""), dir("d"), dir("d/e"), file("d/e/y"), file("d/x"), file("z")];
  const changes = await gather(plan(each(base), each([dir(""), file("z")])));
  assert.deepEqual(
    changes.map((change) => [change.kind, placeOf(change).path]),
    [
      ["delete", "d"],
      ["times", ""],
    ],
  );
});

test("a directory that becomes a file hides what lay in it; a file that becomes a directory is put whole", async () => {
  const toFile = await gather(plan(each([dir(""), dir("d"), file("d/x")]), each([dir(""), file("d", "9")])));
  assert.deepEqual(
    toFile.map((change) => [change.kind, placeOf(change).path]),
    [
      ["put", "d"],
      ["times", ""],
    ],
  );
  assert.equal(toFile[0]?.kind === "put" && toFile[0].replaces, true);
  const toDirectory = await gather(
    plan(each([dir(""), file("d")]), each([dir(""), dir("d"), file("d/x", "9")])),
  );
  assert.deepEqual(
    toDirectory.map((change) => [change.kind, placeOf(change).path, "at" in change ? change.at : null]),
    [
      ["put", "d", { top: 1, relative: "" }],
      ["put", "d/x", { top: 1, relative: "x" }],
      ["times", "d", { top: 1, relative: "" }],
      ["times", "", null],
    ],
  );
});

test("a file made again with the same length and time is sent again: its inode tells", async () => {
  const changes = await gather(plan(each([dir(""), file("f", "7")]), each([dir(""), file("f", "8")])));
  assert.equal(changes[0]?.kind, "put");
});

test("reading a file moves its access time and changes nothing", async () => {
  const read = { ...file("f"), atimeMs: 99 };
  assert.deepEqual(await gather(plan(each([dir(""), file("f")]), each([dir(""), read]))), []);
});

test("a listing out of order is refused: a wrong order would delete what exists", async () => {
  const disorder = [dir(""), file("b"), file("a")];
  await assert.rejects(gather(plan(each(disorder), each([dir("")]))), /out of order: b before a/);
  await assert.rejects(gather(plan(each([]), each(disorder))), /out of order: b before a/);
  await assert.rejects(gather(plan(each([]), each([dir(""), dir("")]))), RangeError);
});

test("a tree deeper than HDFS allows is refused", async () => {
  const deep = Array.from({ length: 1002 }, (_, depth) => dir(Array(depth).fill("d").join("/")));
  await assert.rejects(gather(plan(each([]), each(deep))), /deeper than 1000/);
});

test("a plan left early closes both listings", async () => {
  const closed: string[] = [];
  async function* watched(name: string, entries: readonly Entry[]): AsyncGenerator<Entry> {
    try {
      yield* entries;
    } finally {
      closed.push(name);
    }
  }
  for await (const _ of plan(watched("base", [dir(""), file("a")]), watched("new", [dir(""), file("b")])))
    break;
  assert.deepEqual(closed.sort(), ["base", "new"]);
});

function placeOf(change: Change): Entry {
  return change.kind === "delete" ? change.before : change.entry;
}

function dir(path: string): Entry {
  return { ...file(path), type: "directory", length: 0, replication: 0, blockSize: 0 };
}

function file(path: string, id = "1"): Entry {
  return {
    set: "s",
    path,
    type: "file",
    id,
    length: 5,
    mtimeMs: 1,
    atimeMs: 1,
    owner: "o",
    group: "g",
    mode: 0o644,
    replication: 1,
    blockSize: 1,
  };
}
