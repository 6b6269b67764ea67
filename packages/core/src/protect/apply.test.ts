import assert from "node:assert/strict";
import { test } from "node:test";
import type { Entry } from "../model/entry.ts";
import type { SwitchStep } from "../ports/target.ts";
import { chanceOf } from "../testing/chance.ts";
import { createLiveTree, type LiveTree } from "../testing/live-tree.ts";
import { inOrder, listed, manifestOf, randomLater, randomTree, type Tree } from "../testing/trees.ts";
import { applyChanges, switchSteps } from "./apply.ts";
import { type Change, plan } from "./transfer.ts";

const SEEDS = 600;

interface Prepared {
  readonly seed: number;
  readonly live: LiveTree;
  readonly before: Tree;
  readonly later: Tree;
  /** In the order of the switch: renames first, then attributes and times. */
  readonly steps: readonly SwitchStep[];
}

/** A secondary that holds `before`, with everything staged that makes it `later`. */
async function prepare(seed: number): Promise<Prepared> {
  const chance = chanceOf(seed);
  const before = seed % 10 === 0 ? new Map<string, Entry>() : randomTree(chance, 14);
  const later = randomLater(chance, before, 14);
  const live = createLiveTree(inOrder(before));
  const changes = await Array.fromAsync(plan(manifestOf(before), listed(later)));
  for (const change of changes) if (change.kind === "put") live.stage(change.at, change.entry);
  for (const change of changes) if (change.kind === "times" && change.at) live.stage(change.at, change.entry);
  const steps = changes.flatMap(switchSteps);
  const isRename = (step: SwitchStep) => step.kind === "remove" || step.kind === "place";
  return {
    seed,
    live,
    before,
    later,
    steps: [...steps.filter(isRename), ...steps.filter((step) => !isRename(step))],
  };
}

/** Renames back first, attributes and times last. */
function takeBack({ live, steps }: Prepared): void {
  const renames: readonly SwitchStep[] = steps.filter(
    (step) => step.kind === "remove" || step.kind === "place",
  );
  for (const step of renames.toReversed()) live.undo(step);
  for (const step of steps) if (!renames.includes(step)) live.undo(step);
}

/** What a listing of the secondary can be held against: content was compared when it moved, inodes are its own. */
function bare(entries: readonly Entry[]) {
  return entries.map(({ id: _id, sha256: _sha, open: _open, atimeMs: _atime, ...entry }) => entry);
}

test("the switch's steps turn the base into the snapshot, times and attributes included", async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const prepared = await prepare(seed);
    for (const step of prepared.steps) prepared.live.perform(step);
    assert.deepEqual(bare(prepared.live.list()), bare(inOrder(prepared.later)), `seed ${seed}`);
    assert.ok([...prepared.live.placed.values()].every((times) => times === 1));
  }
});

test("taking the switch back gives the base again, wherever it had got to, and forward works once more", async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const prepared = await prepare(seed);
    const { live, steps, before, later } = prepared;
    const got = chanceOf(seed + 1_000_000).below(steps.length + 1);
    for (const step of steps.slice(0, got)) live.perform(step);
    takeBack(prepared);
    assert.deepEqual(bare(live.list()), bare(inOrder(before)), `seed ${seed} after ${got} steps`);
    for (const step of steps) live.perform(step);
    assert.deepEqual(bare(live.list()), bare(inOrder(later)), `seed ${seed} again`);
  }
});

test("a switch cut at any step goes on from the beginning: done already is success", async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { live, steps, later } = await prepare(seed);
    const got = chanceOf(seed).below(steps.length + 1);
    for (const step of [...steps.slice(0, got), ...steps]) live.perform(step);
    assert.deepEqual(bare(live.list()), bare(inOrder(later)), `seed ${seed} after ${got} steps`);
  }
});

test("what was put below a staged top needs no step of its own", () => {
  const entry = { set: "s", path: "d/x", type: "file" } as Entry;
  const change: Change = { number: 7, kind: "put", entry, at: { top: 3, relative: "x" }, replaces: false };
  assert.deepEqual(switchSteps(change), []);
  const top: Change = { ...change, number: 3, at: { top: 3, relative: "" }, replaces: true };
  assert.deepEqual(
    switchSteps(top).map((step) => step.kind),
    ["remove", "place"],
  );
});

test("changes that do not fit the base are refused", async () => {
  const entry = { set: "s", path: "a", type: "file" } as Entry;
  const nothing = manifestOf(new Map());
  const deletion = (async function* (): AsyncGenerator<Change> {
    yield { number: 1, kind: "delete", before: entry };
  })();
  await assert.rejects(Array.fromAsync(applyChanges(nothing, deletion)), /delete of what is not there: a/);
});
