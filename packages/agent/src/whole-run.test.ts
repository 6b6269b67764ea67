import assert from "node:assert/strict";
import { test } from "node:test";
import { checkCertificate } from "@coeval/core/model/certificate";
import type { Entry } from "@coeval/core/model/entry";
import { snapshotName } from "@coeval/core/protect/instruct";
import type { Direction } from "@coeval/core/protect/direction";
import type { Run } from "@coeval/core/protect/run";
import { type Chance, chanceOf } from "@coeval/core/testing/chance";
import { fakeHash, fakeSignatures } from "@coeval/core/testing/fake-hash";
import { inOrder, randomLater, randomTree, type Tree } from "@coeval/core/testing/trees";
import { listSnapshots } from "@coeval/store/agent/snapshots";
import { conduct, runOf, type Sites } from "./testing/conductor.ts";
import { createFakeNet } from "./testing/fake-network.ts";
import { createFakeTime, type FakeTime } from "./testing/fake-time.ts";
import { createSite } from "./testing/site.ts";

interface Stage {
  readonly time: FakeTime;
  readonly sites: Sites;
  readonly net: ReturnType<typeof createFakeNet>;
}

async function stage(): Promise<Stage> {
  const time = createFakeTime();
  const net = createFakeNet();
  return {
    time,
    net,
    sites: { source: await createSite(net, time, "east"), target: await createSite(net, time, "west") },
  };
}

const setsOf = (tree: Tree): string[] => [...new Set(inOrder(tree).map(({ set }) => set))];

/** What the secondary must show of a tree. */
function shown(entries: readonly Entry[]) {
  return entries.map(({ id: _i, sha256: _s, open: _o, atimeMs: _a, ...entry }) => entry);
}

/** One moment, to its end. */
async function protect(
  { time, sites }: Stage,
  id: string,
  tree: Tree,
  last: Run | null,
  direction: Direction,
): Promise<Run> {
  sites.source.source.tree = tree;
  const conductor = conduct(runOf(id, time, sites, { sets: setsOf(tree), direction, last }), time, sites);
  const run = await time.until(conductor.over);
  assert.equal(run.phase, "done", JSON.stringify([run.cause, sites.source.logged, sites.target.logged]));
  return run;
}

/** The point is what the source showed, its certificate holds, and nothing is left over. */
async function prove({ sites }: Stage, run: Run, tree: Tree, last: Run | null, label: string): Promise<void> {
  const { target, source } = sites;
  assert.deepEqual(shown(target.target.live.list()), shown(inOrder(tree)), label);
  assert.deepEqual(shown(target.target.sealedPoints.get(run.point) ?? []), shown(inOrder(tree)), label);
  assert.ok(run.certificate);
  assert.deepEqual(
    checkCertificate(run.certificate, last?.certificate ?? null, fakeHash, fakeSignatures),
    [],
  );
  assert.deepEqual([...source.source.taken], [snapshotName(run)], label);
  const rows = await listSnapshots(source.db, "billing");
  assert.deepEqual(
    rows.map((row) => [row.run, row.state]),
    [[run.id, "base"]],
  );
  for (const site of [source, target]) {
    const left = [...site.files.content.keys()].filter((path) => path.startsWith("runs/"));
    assert.deepEqual(left, [], `${label}: ${site.cluster}`);
    assert.ok(site.files.content.has(`points/billing/${run.id}/certificate.json`), label);
  }
  const manifests = [...source.files.content.keys()].filter((path) => path.endsWith("/manifest"));
  assert.deepEqual(manifests, [`points/billing/${run.id}/manifest`], `${label}: only the base's is kept`);
}

/** A tree with at least one data set, later than another or the first. */
function grown(chance: Chance, before: Tree | null): Tree {
  const tree = before ? randomLater(chance, before, 12) : randomTree(chance, 12);
  return tree.size > 0 ? tree : randomTree(chance, 12);
}

/** The directions of three runs of one service: always the same, or edited in between. */
const COURSES: readonly (readonly [Direction, Direction, Direction])[] = [
  ["push", "push", "push"],
  ["pull", "pull", "pull"],
  ["push", "pull", "push"],
  ["pull", "push", "pull"],
];

test("moment after moment, the secondary holds what the primary showed: sets come and go, files change in every way, the direction is edited", async () => {
  for (let seed = 1; seed <= 16; seed++) {
    const chance = chanceOf(seed);
    const there = await stage();
    const course = COURSES[seed % COURSES.length] as readonly Direction[];
    let tree: Tree | null = null;
    let last: Run | null = null;
    for (const [index, direction] of course.entries()) {
      tree = grown(chance, tree);
      const run: Run = await protect(there, `${seed}${"abc"[index]}`, tree, last, direction);
      await prove(there, run, tree, last, `seed ${seed} ${course.slice(0, index + 1).join()}`);
      last = run;
    }
  }
});

test("the same snapshots by push and by pull: equal points, dialled from opposite ends", async () => {
  const tree = grown(chanceOf(7), null);
  const later = grown(chanceOf(8), tree);
  const held: string[] = [];
  for (const direction of ["push", "pull"] as const) {
    const there = await stage();
    const first = await protect(there, "1", tree, null, direction);
    const second = await protect(there, "2", later, first, direction);
    await prove(there, second, later, first, direction);
    const dialled = there.net.connections.map(
      ({ callee }) => callee.peer.kind === "agent" && callee.peer.cluster,
    );
    assert.deepEqual(new Set(dialled), new Set([direction === "push" ? "east" : "west"]));
    held.push(JSON.stringify([there.sites.target.target.live.list(), second.sent, second.received]));
  }
  assert.equal(held[0], held[1]);
});

test("what did not change is not sent again; attributes are asked for only where they may differ", async () => {
  const there = await stage();
  const tree = randomTree(chanceOf(11), 20);
  const first = await protect(there, "1", tree, null, "push");
  const { source } = there.sites.source;
  const { target } = there.sites.target;
  const open = inOrder(tree)
    .filter((entry) => entry.open)
    .map(({ set, path }) => `${set}:${path}`);
  target.written.length = 0;
  source.asked.length = 0;
  source.hints = [];
  const second = await protect(there, "2", tree, first, "pull");
  assert.deepEqual(target.written.toSorted(), open.toSorted());
  assert.deepEqual(source.asked, []);
  await prove(there, second, tree, first, "unchanged");
  source.hints = null;
  await protect(there, "3", tree, second, "push");
  assert.equal(source.asked.length, tree.size, "without the component's hints every entry is asked for");
});

test("killed at any call of either agent, the run goes on or ends with its reason; the next point is right", async () => {
  const ends = { push: { done: 0, failed: 0 }, pull: { done: 0, failed: 0 } };
  for (let seed = 1; seed <= 100; seed++) {
    const chance = chanceOf(seed);
    const there = await stage();
    const { time, sites } = there;
    const direction = seed % 2 === 0 ? "push" : "pull";
    const before = grown(chance, null);
    const first = await protect(there, `${seed}a`, before, null, direction);
    const tree = grown(chance, before);
    sites.source.source.tree = tree;
    const victim = chance.pick([sites.source, sites.target]);
    const at = victim.life.calls + 1 + chance.below(75);
    const downMs = 300 + chance.below(6000);
    const conductor = conduct(
      runOf(`${seed}b`, time, sites, { sets: setsOf(tree), direction, last: first }),
      time,
      sites,
    );
    const label = `seed ${seed}, ${direction}: call ${at} of ${victim.cluster}`;
    const during = chance.once(2);
    victim.crashAt = (_call, count, when) => count === at && when === (during ? "during" : "before");
    victim.onCrash = async () => {
      victim.crashAt = null;
      await time.clock().sleep(downMs);
      await victim.start();
      conductor.returned(victim);
    };
    const run = await time.until(conductor.over);
    victim.crashAt = null;
    if (run.phase === "done") ends[direction].done++;
    else ends[direction].failed++;
    assert.notEqual(run.cause?.code, "defect", `${label}: ${run.cause?.message}`);
    const [held, base] = run.phase === "done" ? [tree, run] : [before, first];
    assert.deepEqual(shown(sites.target.target.live.list()), shown(inOrder(held)), label);
    const third = await protect(there, `${seed}c`, tree, base, direction);
    await prove(there, third, tree, base, label);
  }
  for (const { done, failed } of Object.values(ends))
    assert.ok(done > 20 && failed > 0, JSON.stringify(ends));
});
