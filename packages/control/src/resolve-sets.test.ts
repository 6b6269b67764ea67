import assert from "node:assert/strict";
import { test } from "node:test";
import type { FromAgent } from "@coeval/contract/wire/link";
import type { Service } from "@coeval/core/model/service";
import { call, type FakeControl, furnish, serviceBetween, startFakeControl } from "./testing/fake-control.ts";
import { createFakePair, type FakePair } from "./testing/fake-work.ts";

type Found = Omit<Extract<FromAgent, { say: "sets-found" }>, "say" | "number" | "failure">;

const TENANTS = "/data/tenants/*";
const GONE: Found = { sets: [], uncovered: [] };

async function furnished(onUncovered: "refuse" | "mark"): Promise<FakeControl & { pair: FakePair }> {
  const fake = await startFakeControl();
  const pair = createFakePair(fake.time.process(), { source: "east", target: "west" });
  await furnish(fake, pair);
  const before = serviceBetween("east", "west");
  const service: Service = {
    ...before,
    dataSets: [...before.dataSets, { name: "tenants", component: "hdfs", path: TENANTS, onUncovered }],
  };
  await fake.control.services.apply(call, [{ service, ifVersion: null }], { dryRun: false });
  return { ...fake, pair };
}

const tenant = (name: string): Found["sets"][number] => ({
  pattern: "tenants",
  set: { name: `tenants-${name}`, component: "hdfs", path: `/data/tenants/${name}` },
});
const uncovered = (name: string): Found["uncovered"][number] => ({
  pattern: "tenants",
  path: `/data/tenants/${name}`,
  code: "not-snapshottable",
  text: `/data/tenants/${name} allows no snapshots; run: hdfs dfsadmin -allowSnapshot /data/tenants/${name}`,
});

/** Asks for a moment; the agent answers with what it found. */
async function protect({ control, time, pair }: FakeControl & { pair: FakePair }, found: Found) {
  const begun = control.protect(call, { service: "orders", at: "earliest", label: null });
  begun.catch(() => undefined);
  await time.settle();
  const asked = pair.source.heard.at(-1);
  assert.ok(asked?.say === "find-sets");
  assert.deepEqual(
    asked.patterns.map(({ path }) => path),
    [TENANTS],
  );
  await pair.source.say({ say: "sets-found", number: asked.number, ...found, failure: null });
  await time.settle();
  return begun;
}

test("a run's data sets are what the patterns mean now, beside those that were named", async () => {
  const fake = await furnished("refuse");
  const { run } = await protect(fake, { ...GONE, sets: [tenant("acme"), tenant("umbrella")] });
  assert.deepEqual(
    run.service.dataSets.map(({ name }) => name),
    ["events", "tenants-acme", "tenants-umbrella"],
  );
  assert.deepEqual(run.patterns?.uncovered, []);
});

test("refuse: a directory that allows no snapshots is told with the command that allows them, before anything is ordered", async () => {
  const fake = await furnished("refuse");
  await assert.rejects(protect(fake, { sets: [tenant("acme")], uncovered: [uncovered("new")] }), {
    code: "uncovered",
    message:
      /\/data\/tenants\/new allows no snapshots; run: hdfs dfsadmin -allowSnapshot \/data\/tenants\/new/,
  });
  assert.deepEqual(fake.pair.effects, []);
});

test("mark: the run goes on without it and names it", async () => {
  const fake = await furnished("mark");
  const { run } = await protect(fake, { sets: [tenant("acme")], uncovered: [uncovered("new")] });
  assert.deepEqual(
    run.patterns?.uncovered.map(({ path }) => path),
    ["/data/tenants/new"],
  );
});

test("a pattern that means nothing is a slip, whatever it says of what is uncovered", async () => {
  for (const onUncovered of ["refuse", "mark"] as const)
    await assert.rejects(protect(await furnished(onUncovered), GONE), {
      code: "set-missing",
      message: "data set 'tenants': /data/tenants/* means no directory",
    });
});

test("what could lie in one another is refused when it is applied", async () => {
  const fake = await furnished("refuse");
  const before = serviceBetween("east", "west");
  const set = (name: string, path: string) => ({ name, component: "hdfs" as const, path });
  const pattern = { ...set("all", "/data/*"), onUncovered: "mark" as const };
  const apply = (service: Service) =>
    fake.control.services.apply(call, [{ service, ifVersion: null }], { dryRun: true });
  await assert.rejects(apply({ ...before, dataSets: [...before.dataSets, pattern] }), {
    code: "data-sets-nested",
    pointer: "/0/spec/dataSets/1/hdfs",
  });
  const other = { ...before, name: "other", mapping: { source: "/data", target: "/backup/other" } };
  await assert.rejects(apply({ ...other, dataSets: [set("acme", "/data/tenants/acme/x")] }), {
    code: "name-taken",
  });
  await assert.rejects(apply({ ...other, dataSets: [set("star", "/data/else/*")] }), {
    code: "bad-input",
    message: /onUncovered: refuse, or mark/,
  });
});
