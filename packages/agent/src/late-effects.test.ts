import assert from "node:assert/strict";
import { test } from "node:test";
import { CoevalError } from "@coeval/core/errors";
import type { Entry } from "@coeval/core/model/entry";
import type { Run } from "@coeval/core/protect/run";
import { chanceOf } from "@coeval/core/testing/chance";
import { inOrder, randomTree, type Tree } from "@coeval/core/testing/trees";
import { createStage, protect, type Stage } from "./testing/stage.ts";

const tree = randomTree(chanceOf(3), 8);
const file = inOrder(tree).find(({ type, open }) => type === "file" && !open) as Entry;

function withMode(mode: number): Tree {
  return new Map(tree).set(`${file.set}:${file.path}`, { ...file, mode });
}

/** Three runs, each with another mode of one file; the answer to the second one's request is lost. The last of them. */
async function afterALostAnswer(stage: Stage): Promise<Run> {
  const { target } = stage.sites.target;
  const first = await protect(stage, "0", withMode(0o600));
  let lost = 1;
  target.fault = (call, place) => {
    if (call === "perform" && place === file.path && lost-- > 0)
      throw new CoevalError("cluster-unreachable", "no answer");
  };
  const second = await protect(stage, "1", withMode(0o640), first);
  assert.deepEqual([second.phase, lost < 0], ["done", true]);
  return protect(stage, "2", withMode(0o644), second);
}

/** Somebody sets attributes of the file on the secondary. */
function setLive({ sites }: Stage, change: Partial<Entry>): void {
  const { live } = sites.target.target;
  const before = live.list().find(({ set, path }) => set === file.set && path === file.path) as Entry;
  live.perform({ kind: "attributes", number: 99, entry: { ...before, ...change }, before });
}

test("a request that lands long after its answer was given up is taken back at the next opening", async () => {
  const stage = await createStage();
  const last = await afterALostAnswer(stage);
  setLive(stage, { mode: 0o640 });
  const next = await protect(stage, "3", withMode(0o644), last);
  assert.deepEqual([next.phase, next.cause], ["done", null]);
  assert.ok(stage.sites.target.logged.some((line) => line.includes("late effect taken back")));
});

test("what nobody of us asked for is left as it is, and found", async () => {
  for (const change of [{ mode: 0o777 }, { mode: 0o640, owner: "eve" }, { mode: 0o640, length: 7 }]) {
    const stage = await createStage();
    const last = await afterALostAnswer(stage);
    setLive(stage, change);
    const next = await protect(stage, "3", withMode(0o644), last);
    assert.deepEqual([next.phase, next.cause?.code], ["failed", "not-equal"]);
    assert.ok(!stage.sites.target.logged.some((line) => line.includes("late effect")));
  }
});

test("what was asked for is forgotten once no request can be on its way", async () => {
  const stage = await createStage();
  const last = await afterALostAnswer(stage);
  const kept = () =>
    [...stage.sites.target.files.content.keys()].filter((path) => path.startsWith("doubts/"));
  assert.equal(kept().length, 1);
  for (let hours = 0; hours < 2; hours++) await stage.time.until(stage.time.clock().sleep(3_500_000));
  assert.equal((await protect(stage, "3", withMode(0o644), last)).phase, "done");
  assert.deepEqual(kept(), []);
});
