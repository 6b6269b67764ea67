import assert from "node:assert/strict";
import { test } from "node:test";
import { type Instruction, instructionId, type Outcome, type Side } from "@coeval/core/protect/instruction";
import { chanceOf } from "@coeval/core/testing/chance";
import { randomTree } from "@coeval/core/testing/trees";
import { listSnapshots } from "@coeval/store/agent/snapshots";
import type { Limits } from "./limits.ts";
import type { Site } from "./testing/site.ts";
import { createStage, listenTo, protect, type Stage } from "./testing/stage.ts";

const tree = randomTree(chanceOf(5), 12);

/** A service with two sealed points. */
async function twoPoints(limits: Partial<Limits> = {}): Promise<Stage> {
  const stage = await createStage();
  Object.assign(stage.sites.target.limits, limits);
  const first = await protect(stage, "1", tree);
  const second = await protect(stage, "2", tree, first);
  assert.equal(second.phase, "done");
  return stage;
}

function retire({ cluster }: Site, side: Side, points: "keep" | "delete"): Instruction {
  const directory = side === "target" ? "/coeval/billing" : null;
  return {
    id: instructionId("removal-1", "retire", side),
    run: "removal-1",
    service: "billing",
    cluster,
    role: side === "source" ? "primary" : "secondary",
    epoch: 1,
    identity: null,
    order: { step: "retire", points, directory },
  };
}

function ask({ time, sites }: Stage, side: Side, points: "keep" | "delete"): Promise<Outcome> {
  const site = sites[side];
  return listenTo(site, time).ask(retire(site, side, points));
}

const points = ({ files }: Site): string[] =>
  [...files.content.keys()].filter((path) => path.startsWith("points/"));

test("keep: the primary's snapshots go, all certificates and manifests of the last point stay", async () => {
  const stage = await twoPoints();
  const { source } = stage.sites;
  const before = points(source);
  assert.deepEqual((await ask(stage, "source", "keep")).ok, true);
  assert.deepEqual([...source.source.taken], []);
  assert.deepEqual(await listSnapshots(source.db, "billing"), []);
  assert.deepEqual(points(source), before);
});

test("delete: sealed points, and what both agents keep of them, are gone; a repeat is answered from the journal", async () => {
  const stage = await twoPoints();
  for (const side of ["source", "target"] as const) {
    assert.equal((await ask(stage, side, "delete")).ok, true);
    assert.equal((await ask(stage, side, "delete")).ok, true);
    assert.deepEqual(points(stage.sites[side]), []);
  }
  assert.equal(stage.sites.target.target.sealedPoints.size, 0);
  assert.deepEqual([...stage.sites.source.source.taken], []);
});

test("what the agent's own limits keep it keeps, and nothing is half deleted", async () => {
  for (const [limits, why] of [
    [{ keepPointsMin: 1 }, /keeps at least 1 points of each service; limits\.yaml says keep\.points: 1/],
    [{ keepAgeMsMin: 3_600_000 }, /keeps each point for 3600 s.*the newest of billing until 2026-11-21T11:/],
    [{ writePrefixes: ["/else"] }, /may not delete points in \/coeval\/billing/],
  ] as const) {
    const stage = await twoPoints();
    const { target } = stage.sites;
    Object.assign(target.limits, limits);
    const before = points(target);
    const outcome = await ask(stage, "target", "delete");
    assert.ok(!outcome.ok && outcome.failure.code === "beyond-limits");
    assert.match(outcome.failure.message, why);
    assert.deepEqual([points(target), target.target.sealedPoints.size], [before, 2]);
  }
});

test("points that are old enough may go", async () => {
  const stage = await twoPoints({ keepAgeMsMin: 60_000 });
  await stage.time.advance(120_000);
  assert.equal((await ask(stage, "target", "delete")).ok, true);
});

test("a cluster that is away for a while delays it, and a crash in the middle ends well", async () => {
  const stage = await twoPoints();
  const { target } = stage.sites;
  let calls = 0;
  target.target.fault = (call) => {
    if (call === "discard" && ++calls === 1) throw new Error("cut");
  };
  target.crashAt = (call) => call === "discard" && calls === 0;
  target.onCrash = async () => {
    target.crashAt = null;
    target.target.fault = null;
    await target.start();
  };
  const heard = listenTo(target, stage.time);
  const outcome = await heard.ask(retire(target, "target", "delete"));
  assert.equal(outcome.ok, true);
  assert.equal(target.target.sealedPoints.size, 0);
});

test("whose books were closed by a takeover deletes what lies at the roots of the points, its own and other agents', and nothing else", async () => {
  const stage = await twoPoints();
  const { source } = stage.sites;
  await source.appoint({ term: 2, acting: false, leased: true });
  await source.appoint({ term: 3, acting: true, leased: false });
  assert.deepEqual(await listSnapshots(source.db, "billing"), []);
  const { taken } = source.source;
  const others = ["coeval-billing-by-hand", "coeval-billings-run-3", "coeval-other-run-8", "daily-2026"];
  for (const name of ["coeval-billing-run-9", ...others]) taken.add(name);
  const asked: string[] = [];
  const { snapshots } = source.source;
  source.source.snapshots = (root, prefix, cancel) => {
    asked.push(root);
    return snapshots(root, prefix, cancel);
  };
  const outcome = await ask(stage, "source", "keep");
  assert.ok(outcome.ok && outcome.result.step === "retire");
  assert.equal(outcome.result.snapshots, 2, "the base, and the one that another agent left");
  assert.deepEqual([...taken].toSorted(), others.toSorted());
  assert.deepEqual(asked, ["/data"], "each root once, as the certificates name them");
});

test("an agent that was always alone deletes what its books say, without looking for more", async () => {
  const stage = await twoPoints();
  const { source } = stage.sites;
  source.source.snapshots = async () => assert.fail("the cluster was searched");
  assert.equal((await ask(stage, "source", "keep")).ok, true);
  assert.deepEqual([...source.source.taken], []);
});
