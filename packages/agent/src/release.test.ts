import assert from "node:assert/strict";
import { test } from "node:test";
import { CoevalError } from "@coeval/core/errors";
import type { Run } from "@coeval/core/protect/run";
import { chanceOf } from "@coeval/core/testing/chance";
import { randomTree } from "@coeval/core/testing/trees";
import { listSnapshots } from "@coeval/store/agent/snapshots";
import { begin, createStage, protect, type Stage } from "./testing/stage.ts";

const tree = randomTree(chanceOf(3), 8);

/** A run that is given up after its snapshots were taken. */
async function voided(stage: Stage, id: string, last: Run | null): Promise<Run> {
  const { source } = stage.sites.source;
  source.fault = (call) => {
    if (call === "list") throw new CoevalError("no-right", "the listing is refused");
  };
  const run = await protect(stage, id, tree, last);
  source.fault = null;
  assert.equal(run.cause?.code, "no-right");
  return run;
}

async function rows(stage: Stage): Promise<string[]> {
  const all = await listSnapshots(stage.sites.source.db, "billing");
  return all.map(({ run, state }) => `${run} ${state}`);
}

const calls = ({ sites }: Stage) => sites.source.source.calls.filter((call) => call.startsWith("release"));

test("without a base, the snapshot of a run that was given up goes at once", async () => {
  const stage = await createStage();
  await voided(stage, "1", null);
  assert.deepEqual([await rows(stage), calls(stage)], [[], ["release coeval-billing-run-1"]]);
});

test("behind a base a void snapshot waits until it is the oldest; the next point takes base and void ones away, oldest first", async () => {
  const stage = await createStage();
  const first = await protect(stage, "1", tree);
  await voided(stage, "2", first);
  await voided(stage, "3", first);
  assert.deepEqual(await rows(stage), ["run-1 base", "run-2 void", "run-3 void"]);
  assert.deepEqual(calls(stage), []);
  assert.equal((await protect(stage, "4", tree, first)).phase, "done");
  assert.deepEqual(await rows(stage), ["run-4 base"]);
  assert.deepEqual(calls(stage), [
    "release coeval-billing-run-1",
    "release coeval-billing-run-2",
    "release coeval-billing-run-3",
  ]);
});

test("a snapshot that came into being after its run was released goes with the next point; another's of such a name stays", async () => {
  const stage = await createStage();
  const { taken } = stage.sites.source.source;
  await voided(stage, "1", null);
  assert.deepEqual([...taken], []);
  for (const late of ["coeval-billing-run-1", "coeval-billing-run-elsewhere"]) taken.add(late);
  assert.equal((await protect(stage, "2", tree)).phase, "done");
  assert.deepEqual([...taken], ["coeval-billing-run-elsewhere", "coeval-billing-run-2"]);
});

test("void snapshots are bounded: one too many, and all go, the base's with them; the next delta is right all the same", async () => {
  const stage = await createStage();
  const first = await protect(stage, "1", tree);
  for (const id of ["2", "3", "4", "5"]) await voided(stage, id, first);
  assert.equal((await rows(stage)).length, 5);
  await voided(stage, "6", first);
  assert.deepEqual(await rows(stage), []);
  assert.deepEqual(
    calls(stage),
    [1, 2, 3, 4, 5, 6].map((id) => `release coeval-billing-run-${id}`),
  );
  stage.sites.target.target.written.length = 0;
  const next = await protect(stage, "7", tree, first);
  const open = [...tree.values()].filter((entry) => entry.open).length;
  assert.deepEqual([next.phase, stage.sites.target.target.written.length], ["done", open]);
});

test("a snapshot that was announced and never taken does not keep the others from going", async () => {
  const stage = await createStage();
  const first = await protect(stage, "1", tree);
  const { source } = stage.sites;
  const conductor = begin(stage, "2", tree, first);
  source.crashAt = (call) => call === "snapshot";
  source.onCrash = async () => {
    source.crashAt = null;
    await stage.time.clock().sleep(500);
    await source.start();
  };
  const missed = await stage.time.until(conductor.over);
  assert.equal(missed.cause?.code, "moment-missed");
  assert.deepEqual(await rows(stage), ["run-1 base", "run-2 void"]);
  const third = await protect(stage, "3", tree, first);
  assert.deepEqual([third.phase, third.cause], ["done", null]);
  assert.deepEqual([await rows(stage), [...source.source.taken]], [["run-3 base"], ["coeval-billing-run-3"]]);
});

test("a cluster that is away is waited for; one that refuses for good is told of, and what stays is taken the next time", async () => {
  const stage = await createStage();
  const first = await protect(stage, "1", tree);
  const { source } = stage.sites.source;
  let refusals = 5;
  source.fault = (call) => {
    if (call === "release" && refusals-- > 0) throw new CoevalError("cluster-unreachable", "gone");
  };
  const second = await protect(stage, "2", tree, first);
  assert.deepEqual([second.phase, second.cause, await rows(stage)], ["done", null, ["run-2 base"]]);
  source.fault = (call) => {
    if (call === "release") throw new CoevalError("no-right", "deleteSnapshot is refused");
  };
  const third = await protect(stage, "3", tree, second);
  assert.deepEqual([third.phase, third.cause?.code], ["done", "no-right"]);
  assert.deepEqual(await rows(stage), ["run-2 base", "run-3 base"]);
  source.fault = null;
  assert.deepEqual(
    [(await protect(stage, "4", tree, third)).cause, await rows(stage)],
    [null, ["run-4 base"]],
  );
});

test("what was refused at the door is not touched: foreign data stays as it was", async () => {
  const stage = await createStage();
  const { target } = stage.sites.target;
  const seen: string[] = [];
  target.fault = (call) => {
    seen.push(call);
    if (call === "open") throw new CoevalError("foreign-data", "/coeval/billing holds other data");
  };
  const run = await protect(stage, "1", tree);
  assert.deepEqual([run.phase, run.cause?.code], ["failed", "foreign-data"]);
  assert.ok(!seen.includes("clear"), seen.join());
});

test("nothing of a run that was given up is left in either data folder, nor on the secondary", async () => {
  const stage = await createStage();
  stage.sites.target.target.spoil = (_entry, content) => content.map((byte) => byte ^ 1);
  const run = await protect(stage, "1", tree);
  assert.equal(run.cause?.code, "corrupt");
  for (const site of [stage.sites.source, stage.sites.target])
    assert.deepEqual([...site.files.content.keys()], []);
  assert.deepEqual([stage.sites.target.target.contents.size, stage.sites.target.target.live.list()], [0, []]);
});
