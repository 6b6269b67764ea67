import assert from "node:assert/strict";
import { test } from "node:test";
import { chanceOf } from "@coeval/core/testing/chance";
import { randomTree } from "@coeval/core/testing/trees";
import { listSnapshots } from "@coeval/store/agent/snapshots";
import { createStage, protect, type Stage } from "./testing/stage.ts";

const tree = randomTree(chanceOf(5), 6);

async function rows({ sites }: Stage): Promise<string[]> {
  return (await listSnapshots(sites.source.db, "billing")).map(({ run, state }) => `${run} ${state}`);
}

/** Another term than before: somebody else has acted in between. */
async function anotherTerm({ sites }: Stage): Promise<void> {
  for (const site of [sites.source, sites.target]) {
    await site.appoint({ term: 2, acting: false, leased: true });
    await site.appoint({ term: 3, acting: true, leased: false });
  }
}

test("whose books were closed finds on the cluster what others left there, and the next point takes it away", async () => {
  const stage = await createStage();
  const first = await protect(stage, "1", tree);
  await anotherTerm(stage);
  assert.deepEqual(await rows(stage), []);
  const { taken, calls } = stage.sites.source.source;
  taken.add("coeval-billing-run-9");
  taken.add("coeval-other-run-8");
  taken.add("coeval-billing-run-run-7");
  const next = await protect(stage, "2", tree, first);
  assert.equal(next.phase, "done", next.cause?.message ?? "");
  assert.deepEqual(await rows(stage), ["run-2 base"]);
  assert.deepEqual([...taken].toSorted(), [
    "coeval-billing-run-2",
    "coeval-billing-run-run-7",
    "coeval-other-run-8",
  ]);
  assert.deepEqual(
    calls.filter((call) => call.startsWith("release")),
    ["release coeval-billing-run-1", "release coeval-billing-run-9"],
    "oldest first",
  );
});

test("an instruction of another term is not heeded, and one that stands by heeds none", async () => {
  const stage = await createStage();
  const { source } = stage.sites;
  await anotherTerm(stage);
  await assert.rejects(source.appoint({ term: 2, acting: true, leased: false }), /term 2 is over/);
  const run = await protect(stage, "1", tree);
  assert.equal(run.phase, "done");
  await source.appoint({ term: 4, acting: false, leased: true });
  const { length } = source.logged;
  await source.instruct(
    {
      id: "run-5/verify/target",
      run: "run-5",
      service: "billing",
      cluster: "east",
      role: "secondary",
      epoch: 1,
      identity: null,
      order: { step: "verify" },
    },
    4,
  );
  assert.match(source.logged[length] ?? "", /instruction not heeded/);
});
