import assert from "node:assert/strict";
import { test } from "node:test";
import { FIRST_LEAD_MS } from "./leads.ts";
import type { ProtectRequest } from "./protect-service.ts";
import { call, type FakeControl, furnish, START_MS, startFakeControl } from "./testing/fake-control.ts";
import { createFakePair, type FakePair } from "./testing/fake-work.ts";

async function furnished(): Promise<FakeControl & { pair: FakePair }> {
  const fake = await startFakeControl();
  const pair = createFakePair(fake.time.process(), { source: "east", target: "west" });
  await furnish(fake, pair);
  return { ...fake, pair };
}

const now: ProtectRequest = { service: "orders", at: "earliest", label: null };

/** Refused, and nothing was ordered or stored. */
async function refused(fake: FakeControl & { pair: FakePair }, code: string, message: RegExp, request = now) {
  await assert.rejects(fake.control.protect(call, request), { code, message });
  await fake.time.settle();
  assert.deepEqual(fake.pair.effects, []);
  assert.deepEqual((await fake.control.runs.list({})).items, []);
}

test("an unknown service, and one that was deleted, are refused", async () => {
  const fake = await furnished();
  await refused(fake, "not-found", /no service 'x'/, { ...now, service: "x" });
  await fake.control.services.remove(call, "orders", { points: null, ifVersion: null });
  await refused(fake, "not-found", /no service 'orders'/);
});

test("a moment in the past, too near, too far, or no whole ms is refused with the figures", async () => {
  const fake = await furnished();
  const at = (instant: number) => ({ ...now, at: { instant } });
  await refused(fake, "moment-past", /lies 5 ms in the past/, at(START_MS - 5));
  await refused(fake, "moment-too-near", /is 200 ms away; arming takes up to 1000 ms/, at(START_MS + 200));
  await refused(fake, "bad-input", /more than 24 h away/, at(START_MS + 48 * 3_600_000));
  await refused(fake, "bad-input", /no whole ms/, at(START_MS + 5000.5));
});

test("an agent that is away is refused before any instruction, naming which", async () => {
  const fake = await furnished();
  fake.pair.target.drop();
  await fake.time.settle();
  await refused(fake, "agent-away", /^west: the agent west is away, last seen 2027/);
});

test("a clock that is not read, or not well enough for the tolerance, is refused", async () => {
  const fake = await furnished();
  await fake.pair.target.tell({ clockErrorMs: null });
  await fake.time.settle();
  await refused(fake, "clock-unproven", /agent of west has not read/);
  await fake.pair.target.tell({ clockErrorMs: 50.1 });
  await fake.time.settle();
  await refused(fake, "clock-unproven", /at west is up to 50.1 ms, the tolerance of orders allows 50 ms/);
});

test("an agent that reads another clock than ours has no reading", async () => {
  const fake = await furnished();
  await fake.pair.source.tell({ clockSource: "ntp:pool" });
  await fake.time.settle();
  await refused(fake, "clock-unproven", /agent of east has not read the shared clock/);
});

test("a cluster that is not reachable, in safe mode, or another one than pinned is refused", async () => {
  const fake = await furnished();
  const { source } = fake.pair;
  await source.tell({ reachable: false, cause: "Connection refused" });
  await fake.time.settle();
  await refused(fake, "cluster-unreachable", /east: Connection refused/);
  await source.tell({ reachable: true, cause: null, safeMode: true });
  await fake.time.settle();
  await refused(fake, "safe-mode", /east/);
  await source.tell({ safeMode: false });
  const identity = JSON.stringify({ clusterId: "CID-old", namespaceId: "1" });
  await fake.control.database.db
    .updateTable("clusters")
    .set({ identity })
    .where("name", "=", "east")
    .execute();
  await fake.time.settle();
  await refused(fake, "cluster-identity", /registered is CID-old\/1/);
});

test("while a run goes on another is refused, naming it, also when both are asked for at once", async () => {
  const fake = await furnished();
  const both = await Promise.allSettled([fake.control.protect(call, now), fake.control.protect(call, now)]);
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
  const refusal = both.find(({ status }) => status === "rejected") as PromiseRejectedResult;
  assert.equal((refusal.reason as { code: string }).code, "run-active");
  const [{ run } = { run: null }] = (await fake.control.runs.list({})).items;
  await assert.rejects(fake.control.protect(call, now), {
    code: "run-active",
    message: new RegExp(`${run?.id}`),
  });
  assert.equal((await fake.control.runs.list({})).items.length, 1);
});

test("when the caller's own write fails, nothing was begun", async () => {
  const fake = await furnished();
  const failing = {
    ...call,
    within: async () => {
      throw new Error("the key is taken");
    },
  };
  await assert.rejects(fake.control.protect(failing, now), /the key is taken/);
  await fake.time.advance(5000);
  assert.deepEqual((await fake.control.runs.list({})).items, []);
  assert.deepEqual(fake.pair.effects, []);
});

test("what asked for the run, the earliest moment and the audit row are as said", async () => {
  const fake = await furnished();
  const { run } = await fake.control.protect({ who: "token:ada" }, { ...now, label: "month end" });
  assert.equal(run.moment, START_MS + FIRST_LEAD_MS);
  assert.deepEqual([run.requestedBy, run.label, run.epoch, run.base], ["token:ada", "month end", 1, null]);
  const rows = await fake.control.database.db
    .selectFrom("audit")
    .selectAll()
    .where("what", "=", "service.protect")
    .execute();
  assert.deepEqual(
    rows.map(({ who, object }) => [who, object]),
    [["token:ada", "service/orders"]],
  );
});
