import assert from "node:assert/strict";
import { test } from "node:test";
import type { Cluster } from "@coeval/core/model/cluster";
import { call, furnish, startFakeControl } from "./testing/fake-control.ts";
import { createFakePair } from "./testing/fake-work.ts";

const east: Cluster = {
  name: "east",
  hdfs: { url: "webhdfs://east:9870", user: "coeval" },
  scopes: ["/data/"],
};

test("a cluster is registered once; the same again is no change, another by its name is refused", async () => {
  const { control } = await startFakeControl();
  const view = await control.clusters.add(call, east);
  assert.deepEqual(view.cluster.scopes, ["/data"]);
  assert.match(view.cause ?? "", /no agent is enrolled; `coeval cluster enroll east`/);
  assert.equal((await control.clusters.add(call, east)).version, 1);
  await assert.rejects(control.clusters.add(call, { ...east, scopes: ["/"] }), { code: "name-taken" });
});

test("what is no cluster is refused with its place", async () => {
  const { control } = await startFakeControl();
  const wrong: [Partial<Cluster>, string][] = [
    [{ name: "East!" }, "/metadata/name"],
    [{ hdfs: { url: "http://east:9870", user: "u" } }, "/spec/hdfs/url"],
    [{ hdfs: { url: "webhdfs://east:9870", user: "a b" } }, "/spec/hdfs/user"],
    [{ scopes: [] }, "/spec/scopes"],
  ];
  for (const [change, pointer] of wrong)
    await assert.rejects(control.clusters.add(call, { ...east, ...change }), { code: "bad-input", pointer });
  await assert.rejects(control.clusters.add(call, { ...east, scopes: ["/a/../b"] }), { code: "bad-path" });
  await assert.rejects(control.clusters.enroll(call, "nowhere"), { code: "not-found" });
});

test("a cluster that a service uses is not removed; one that is removed takes its agent's trust along", async () => {
  const fake = await startFakeControl();
  const pair = createFakePair(fake.time.process(), { source: "east", target: "west" });
  await furnish(fake, pair);
  const { control } = fake;
  await assert.rejects(control.clusters.remove(call, "west"), {
    code: "cluster-in-use",
    evidence: ["orders"],
  });
  await control.services.remove(call, "orders", { points: null, ifVersion: null });
  await control.clusters.remove(call, "west");
  await fake.time.settle();
  assert.equal(pair.target.ended, true);
  await pair.target.connect(fake.network);
  await fake.time.settle();
  const last = pair.target.heard.at(-1);
  assert.ok(last?.say === "refused" && last.final);
  await assert.rejects(control.clusters.get("west"), { code: "not-found" });
});

test("the secret is nowhere in the store", async () => {
  const { control } = await startFakeControl();
  await control.clusters.add(call, east);
  const { secret } = await control.clusters.enroll(call, "east");
  for (const table of ["enrolments", "audit", "events"] as const) {
    const rows = await control.database.db.selectFrom(table).selectAll().execute();
    assert.ok(rows.length > 0);
    assert.ok(!JSON.stringify(rows).includes(secret.slice(secret.indexOf(".") + 1)), table);
  }
});
