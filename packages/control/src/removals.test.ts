import assert from "node:assert/strict";
import { test } from "node:test";
import type { FromAgent } from "@coeval/contract/wire/link";
import { call, type FakeControl, furnish, serviceBetween, startFakeControl } from "./testing/fake-control.ts";
import { createFakePair, type FakePair } from "./testing/fake-work.ts";
import { auditList } from "./testing/audit-list.ts";

type Furnished = FakeControl & { pair: FakePair };

/** A service with one sealed point. */
async function onePoint(): Promise<Furnished> {
  const fake = await startFakeControl();
  const pair = createFakePair(fake.time.process(), { source: "east", target: "west" });
  await furnish(fake, pair);
  await fake.control.protect(call, { service: "orders", at: "earliest", label: null });
  await fake.time.advance(5000);
  assert.equal((await points(fake)).length, 1);
  return { ...fake, pair };
}

async function points({ control }: FakeControl): Promise<readonly unknown[]> {
  return (await control.points.list("orders", {})).items;
}

/** Deletes the service and its points; the secondary's agent says what its limits say. */
async function deleteAll(
  { control, time, pair }: Furnished,
  failure: Extract<FromAgent, { say: "retire-judged" }>["failure"] = null,
): Promise<void> {
  const removed = control.services.remove(call, "orders", { points: "delete", ifVersion: null });
  removed.catch(() => undefined);
  await time.settle();
  const asked = pair.target.heard.findLast(({ say }) => say === "may-retire");
  assert.ok(asked?.say === "may-retire");
  await pair.target.say({ say: "retire-judged", number: asked.number, failure });
  await time.settle();
  return removed;
}

const retired = ({ effects }: FakePair): string[] => effects.filter((effect) => effect.startsWith("retire"));

test("without a word on its points nothing is deleted, and the refusal names both words", async () => {
  const fake = await onePoint();
  await assert.rejects(fake.control.services.remove(call, "orders", { points: null, ifVersion: null }), {
    code: "point-exists",
    message: /--points keep, or --points delete/,
  });
});

test("keep: the service is gone, its points stay listed, and the primary's snapshots go", async () => {
  const fake = await onePoint();
  await fake.control.services.remove(call, "orders", { points: "keep", ifVersion: null });
  await fake.time.advance(1000);
  assert.deepEqual(retired(fake.pair), ["retire/source"]);
  assert.equal((await points(fake)).length, 1);
  await assert.rejects(fake.control.services.get("orders"), { code: "not-found" });
});

test("delete: both agents are told; the points are listed until the secondary's says they are gone, all of it audited", async () => {
  const fake = await onePoint();
  await deleteAll(fake);
  await fake.time.advance(1000);
  assert.deepEqual(retired(fake.pair).sort(), ["retire/source", "retire/target"]);
  assert.deepEqual(await points(fake), []);
  const what = (await auditList(fake)).map((row) => row.what);
  assert.ok(what.includes("service.delete") && what.includes("service.delete-points"));
});

test("what the agent's limits forbid is told at once, and the service stays as it was", async () => {
  const fake = await onePoint();
  const failure = {
    code: "beyond-limits",
    message: "the agent of west keeps at least 1 points",
    evidence: [],
  } as const;
  await assert.rejects(deleteAll(fake, failure), { code: "beyond-limits" });
  assert.equal((await fake.control.services.get("orders")).version, 1);
  assert.deepEqual([(await points(fake)).length, retired(fake.pair)], [1, []]);
});

test("without the secondary's agent points are not deleted; to keep them needs no agent", async () => {
  const fake = await onePoint();
  fake.pair.target.drop();
  await fake.time.settle();
  await assert.rejects(fake.control.services.remove(call, "orders", { points: "delete", ifVersion: null }), {
    code: "agent-away",
    message: /--points keep needs no agent/,
  });
  await fake.control.services.remove(call, "orders", { points: "keep", ifVersion: null });
});

test("a primary that is away: the rest is done, its part later, also after a restart; until then the name is not given again", async () => {
  const fake = await onePoint();
  fake.pair.source.drop();
  await fake.time.settle();
  await deleteAll(fake);
  await fake.time.advance(1000);
  assert.deepEqual([retired(fake.pair), await points(fake)], [["retire/target"], []]);
  const again = { service: serviceBetween("east", "west"), ifVersion: null };
  await assert.rejects(fake.control.services.apply(call, [again], { dryRun: false }), {
    code: "being-removed",
    message: /waits for the agent of east/,
  });
  const next = await fake.restart();
  await fake.pair.source.connect(next.network);
  await fake.pair.target.connect(next.network);
  await next.time.advance(5000);
  assert.deepEqual(retired(fake.pair).sort(), ["retire/source", "retire/target"]);
  await next.control.services.apply(call, [again], { dryRun: false });
});
