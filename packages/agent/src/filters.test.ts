import assert from "node:assert/strict";
import { test } from "node:test";
import { compileFilters } from "@coeval/core/model/path-filter";
import type { Filters } from "@coeval/core/model/policy";
import type { Direction } from "@coeval/core/protect/direction";
import type { Run } from "@coeval/core/protect/run";
import { chanceOf } from "@coeval/core/testing/chance";
import { inOrder, randomLater, randomTree, type Tree } from "@coeval/core/testing/trees";
import { conduct, runOf } from "./testing/conductor.ts";
import { createStage, setsOf, type Stage } from "./testing/stage.ts";

const NONE: Filters = { include: [], exclude: [] };

/** A moment of the tree under these filters, to its end. */
async function protect(
  { time, sites }: Stage,
  id: string,
  tree: Tree,
  choice: { readonly filters: Filters; readonly last: Run | null; readonly direction: Direction },
): Promise<Run> {
  sites.source.source.tree = tree;
  const run = await time.until(
    conduct(runOf(id, time, sites, { sets: setsOf(tree), ...choice }), time, sites).over,
  );
  assert.equal(run.phase, "done", JSON.stringify([run.cause, sites.target.logged]));
  return run;
}

/** What a point of the tree must hold, as `set:path`. */
function kept(tree: Tree, filters: Filters): string[] {
  const filter = compileFilters(filters);
  const entries = inOrder(tree).filter(({ path, type }) => !filter.leavesOut(path, type));
  return entries.map(({ set, path }) => `${set}:${path}`);
}

function live({ sites }: Stage): string[] {
  return sites.target.target.live.list().map(({ set, path }) => `${set}:${path}`);
}

/** Trees whose names are a, b, B, c.txt and the like, up to four deep. */
const EDITS: readonly Filters[] = [
  { include: [], exclude: ["b", "c.txt"] },
  { include: [], exclude: ["a/**"] },
  { include: ["a", "*.txt"], exclude: ["a/b"] },
  NONE,
  { include: [], exclude: ["**"] },
];

for (const direction of ["push", "pull"] as const)
  test(`${direction}: each point is the tree without what its filters leave out, through every edit of them`, async () => {
    for (let seed = 1; seed <= 12; seed++) {
      const chance = chanceOf(seed);
      const stage = await createStage();
      let tree = randomTree(chance, 25);
      let last: Run | null = null;
      for (const [index, filters] of EDITS.entries()) {
        last = await protect(stage, String(index), tree, { filters, last, direction });
        const wanted = kept(tree, filters);
        assert.deepEqual(live(stage), wanted, `seed ${seed}, edit ${index}`);
        const { body } = last.certificate ?? assert.fail("no certificate");
        assert.deepEqual(body.filters ?? NONE, filters);
        assert.equal(
          body.manifest.files + body.manifest.directories,
          wanted.length,
          "what is left out is not counted",
        );
        tree = randomLater(chance, tree, 8);
      }
    }
  });

test("what an edit lets in is sent, alone; what it leaves out leaves the next point and stays in the older one", async () => {
  const chance = chanceOf(4);
  const tree = randomTree(chance, 30);
  const stage = await createStage();
  const without: Filters = { include: [], exclude: ["c.txt", "a"] };
  const first = await protect(stage, "1", tree, { filters: without, last: null, direction: "push" });
  const second = await protect(stage, "2", tree, { filters: NONE, last: first, direction: "push" });
  const left = compileFilters(without);
  const entered = inOrder(tree).filter(({ path, type }) => type === "file" && left.leavesOut(path, type));
  assert.ok(entered.length > 0);
  const files = entered.filter(({ open }) => !open).reduce((sum, { length }) => sum + length, 0);
  const open = inOrder(tree).filter((entry) => entry.open);
  assert.equal(second.sent?.moved.bytes, files + open.reduce((sum, { length }) => sum + length, 0));
  const third = await protect(stage, "3", tree, { filters: without, last: second, direction: "push" });
  assert.ok((third.sent?.moved.deletions ?? 0) > 0);
  assert.deepEqual(live(stage), kept(tree, without));
  const sealed = stage.sites.target.target.sealedPoints.get(second.point) ?? [];
  assert.equal(sealed.length, tree.size, "the point before the edit keeps it");
});

test("a file that is open and left out is neither counted nor looked at", async () => {
  for (let seed = 1; seed < 40; seed++) {
    const tree = randomTree(chanceOf(seed), 30);
    const open = inOrder(tree).filter((entry) => entry.open);
    if (open.length === 0) continue;
    const filters: Filters = { include: [], exclude: open.map(({ path }) => path) };
    const run = await protect(await createStage(), "1", tree, { filters, last: null, direction: "push" });
    assert.equal(run.taken?.openFiles.count, 0);
    return;
  }
  assert.fail("no tree with an open file");
});

test("a certificate that names other filters than were instructed is signed by nobody", async () => {
  const tree = randomTree(chanceOf(2), 10);
  for (const side of ["source", "target"] as const) {
    const stage = await createStage();
    const site = stage.sites[side];
    const { instruct } = site;
    site.instruct = (instruction) => {
      const { order } = instruction;
      if (order.step !== "sign" && order.step !== "seal") return instruct(instruction);
      const body = { ...order.body, filters: { include: [], exclude: ["other"] } };
      return instruct({ ...instruction, order: { ...order, body } });
    };
    stage.sites.source.source.tree = tree;
    const { time, sites } = stage;
    const choice = { sets: setsOf(tree), direction: "push", last: null } as const;
    const run = await time.until(conduct(runOf("1", time, sites, choice), time, sites).over);
    assert.deepEqual([run.phase, run.cause?.code], ["failed", "protocol"], side);
    assert.match(run.cause?.message ?? "", /filters is not what this agent saw/);
  }
});
