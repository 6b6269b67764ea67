import assert from "node:assert/strict";
import { test } from "node:test";
import { CoevalError } from "@coeval/core/errors";
import type { Entry } from "@coeval/core/model/entry";
import type { Run } from "@coeval/core/protect/run";
import { chanceOf } from "@coeval/core/testing/chance";
import { inOrder, randomLater, randomTree } from "@coeval/core/testing/trees";
import { BEGIN_MS } from "./testing/fake-time.ts";
import type { Site } from "./testing/site.ts";
import { begin, createStage, protect, type Stage } from "./testing/stage.ts";

const before = randomTree(chanceOf(3), 8);
const later = randomLater(chanceOf(5), before, 14);

async function sealedOnce(): Promise<{ stage: Stage; first: Run; west: Site }> {
  const stage = await createStage();
  const first = await protect(stage, "0", before);
  assert.equal(first.phase, "done");
  return { stage, first, west: stage.sites.target };
}

function places(entries: readonly Entry[]) {
  return entries.map(({ id: _i, sha256: _s, open: _o, atimeMs: _a, ...entry }) => entry);
}

/** Lets the process of the secondary die before or during its n-th call from the moment it is told to seal. */
function dyingAt(stage: Stage, west: Site, nth: number, during: boolean): { crashed: boolean } {
  const seen = { crashed: false };
  const { instruct } = west;
  west.instruct = (instruction) => {
    if (instruction.order.step === "seal" && !west.crashAt && !seen.crashed) {
      const first = west.life.calls;
      west.crashAt = (_call, count, when) => count === first + nth && when === (during ? "during" : "before");
    }
    return instruct(instruction);
  };
  west.onCrash = async () => {
    seen.crashed = true;
    west.crashAt = null;
    await stage.time.clock().sleep(1000);
    await west.start();
  };
  return seen;
}

test("killed at any call of the switch and the seal, the point is sealed once and is what was taken", async () => {
  let nth = 1;
  for (let crashed = true; crashed; ) {
    nth++;
    const { stage, first, west } = await sealedOnce();
    const seen = dyingAt(stage, west, nth >> 1, nth % 2 === 1);
    const run = await protect(stage, "1", later, first);
    crashed = seen.crashed;
    assert.deepEqual([run.phase, run.cause], ["done", null], `call ${nth}`);
    assert.deepEqual(places(west.target.live.list()), places(inOrder(later)), `call ${nth}`);
    assert.deepEqual([...west.target.sealedPoints.keys()], ["point-0", "point-1"]);
    assert.deepEqual(places(west.target.sealedPoints.get("point-1") ?? []), places(inOrder(later)));
  }
  assert.ok(nth > 30, `${nth >> 1} calls`);
});

/** A secondary whose listing shows one entry otherwise, once the switch is done. */
function disagreeing(west: Site): void {
  const { list } = west.target;
  west.target.list = async function* (holding, cancel) {
    for await (const entry of list(holding, cancel))
      yield entry.path === "" ? { ...entry, owner: "somebody" } : entry;
  };
}

test("a live tree that is not equal to the manifest is taken back, with the evidence; the point before stays", async () => {
  const { stage, first, west } = await sealedOnce();
  const { list } = west.target;
  disagreeing(west);
  const run = await protect(stage, "1", later, first);
  assert.deepEqual([run.phase, run.cause?.code], ["failed", "not-equal"]);
  assert.match(run.cause?.evidence[0] ?? "", /^[a-z0-9-]+\/: attributes$/);
  assert.deepEqual(places(west.target.live.list()), places(inOrder(before)));
  assert.deepEqual([...west.target.sealedPoints.keys()], ["point-0"]);
  west.target.list = list;
  assert.equal((await protect(stage, "2", later, first)).phase, "done");
});

test("killed at any call of the taking back, it is taken back in the end, and the first reason is told", async () => {
  let nth = 1;
  for (let crashed = true; crashed; ) {
    nth++;
    const { stage, first, west } = await sealedOnce();
    disagreeing(west);
    const seen = dyingAt(stage, west, nth >> 1, nth % 2 === 1);
    const run = await protect(stage, "1", later, first);
    crashed = seen.crashed;
    assert.deepEqual([run.phase, run.cause?.code], ["failed", "not-equal"], `call ${nth}`);
    assert.deepEqual(places(west.target.live.list()), places(inOrder(before)), `call ${nth}`);
  }
  assert.ok(nth > 30, `${nth >> 1} calls`);
});

test("a step that the cluster refuses for good takes the switch back; one that it refuses for now is tried again", async () => {
  for (const [code, phase, refusals] of [
    ["conflict", "failed", 1],
    ["cluster-unreachable", "done", 3],
    ["cluster-unreachable", "failed", 1000],
  ] as const) {
    const { stage, first, west } = await sealedOnce();
    let left: number = refusals;
    let calls = 0;
    west.target.fault = (call) => {
      if (call !== "perform" || ++calls < 4 || left === 0) return;
      left--;
      throw new CoevalError(code, "no");
    };
    const run = await protect(stage, "1", later, first);
    assert.deepEqual([run.phase, run.cause?.code ?? code], [phase, code]);
    const held = phase === "done" ? later : before;
    assert.deepEqual(places(west.target.live.list()), places(inOrder(held)), code);
  }
});

test("proven equal, it only goes forward: a cluster that is away is waited for, however long", async () => {
  const { stage, first, west } = await sealedOnce();
  const awayUntilMs = 1_200_000;
  west.target.fault = (call) => {
    if (call === "seal" && stage.time.nowMs < awayUntilMs)
      throw new CoevalError("cluster-unreachable", "gone");
  };
  const conductor = begin(stage, "1", later, first);
  const run = await stage.time.until(conductor.over);
  assert.deepEqual([run.phase, run.cause], ["done", null]);
  assert.ok(stage.time.nowMs >= awayUntilMs);
});

test("a seal that the cluster refuses for good is waited with: the tree can be taken back no more", async () => {
  const { stage, first, west } = await sealedOnce();
  let left = 20;
  west.target.fault = (call) => {
    if (call === "seal" && left-- > 0) throw new CoevalError("snapshot-limit", "no more ids");
  };
  const run = await stage.time.until(begin(stage, "1", later, first).over);
  assert.deepEqual([run.phase, run.cause, left < 0], ["done", null, true]);
});

test("asked for it, the seal tells where the live tree is not as the manifest has it", async () => {
  for (const [change, expected] of [
    [(entry: Entry) => entry, null],
    [(entry: Entry) => ({ ...entry, mode: entry.mode ^ 0o1000 }), "conflict"],
    [(entry: Entry) => ({ ...entry, xattrs: [["user.by", "6d65"]] as const }), "conflict"],
    [(entry: Entry) => ({ ...entry, acl: ["user:eve:rwx"] }), "conflict"],
  ] as const) {
    const { stage, first, west } = await sealedOnce();
    const { seal, live } = west.target;
    const evidence: string[] = [];
    west.target.seal = async (holding, request, cancel) => {
      const before = live.list().at(-1) as Entry;
      live.perform({ kind: "attributes", number: 999, entry: change(before), before });
      evidence.push(...(await request.unlike(cancel)));
      if (evidence.length > 0) throw new CoevalError("conflict", "changed", { evidence });
      return seal(holding, request, cancel);
    };
    const run = await protect(stage, "1", later, first);
    assert.equal(run.cause?.code ?? null, expected);
    assert.equal(evidence.length, expected ? 1 : 0, evidence.join());
  }
});

test("another cluster behind the endpoint by now is not switched", async () => {
  const { stage, first, west } = await sealedOnce();
  const { instruct } = west;
  west.instruct = (instruction) => {
    if (instruction.order.step === "seal")
      west.target.status.identity = { clusterId: "CID-other", namespaceId: "1" };
    if (instruction.order.step === "release")
      west.target.status.identity = { clusterId: "CID-west", namespaceId: "1" };
    return instruct(instruction);
  };
  const run = await protect(stage, "1", later, first);
  assert.deepEqual([run.phase, run.cause?.code], ["failed", "cluster-identity"]);
  assert.deepEqual(places(west.target.live.list()), places(inOrder(before)));
});

test("the secondary's own clock is told from the stamp of the seal, unless the snapshot may have been there before", async () => {
  for (const again of [false, true]) {
    const stage = await createStage();
    const west = stage.sites.target;
    const { seal } = west.target;
    let attempts = 0;
    west.target.seal = async (...request) => {
      const sealed = await seal(...request);
      if (again && ++attempts === 1) throw new CoevalError("cluster-unreachable", "the answer was lost");
      return { ...sealed, clusterStampMs: Math.floor(BEGIN_MS + stage.time.nowMs + 300) };
    };
    const run = await protect(stage, "0", before);
    assert.equal(run.phase, "done", JSON.stringify(run.cause));
    const offset = west.clusterClock.offset();
    if (again) assert.equal(offset, null);
    else assert.ok(offset && Math.abs(offset.offsetMs - 300) <= offset.errorMs && offset.errorMs < 10);
  }
});
