import assert from "node:assert/strict";
import { test } from "node:test";
import type { Cluster } from "@coeval/core/model/cluster";
import { clusterPin } from "@coeval/store/control/cluster-pin";
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

test("one endpoint is one cluster: by a second name it is refused, naming the first", async () => {
  const { control } = await startFakeControl();
  await control.clusters.add(call, east);
  const hdfs = { url: "webhdfs://EAST:9870", user: "other" };
  await assert.rejects(control.clusters.add(call, { ...east, name: "orient", hdfs }), {
    code: "name-taken",
    pointer: "/spec/hdfs/url",
    message: /is registered as the cluster 'east' already; use that one, or remove it first/,
  });
});

test("one nameservice may be two clusters: it is a name of each agent's own configuration", async () => {
  const { control } = await startFakeControl();
  const hdfs = { url: "hdfs://prod", kerberos: { nameNode: "nn/_HOST@EAST.TEST" } };
  assert.deepEqual((await control.clusters.add(call, { ...east, hdfs })).cluster.hdfs, hdfs);
  const other = { url: "hdfs://prod", kerberos: { nameNode: "nn/_HOST@WEST.TEST" } };
  assert.equal(
    (await control.clusters.add(call, { ...east, name: "west", hdfs: other })).cluster.name,
    "west",
  );
});

test("what is no cluster is refused with its place", async () => {
  const { control } = await startFakeControl();
  const wrong: [Partial<Cluster>, string][] = [
    [{ name: "East!" }, "/metadata/name"],
    [{ hdfs: { url: "http://east:9870", user: "u" } }, "/spec/hdfs/url"],
    [{ hdfs: { url: "webhdfs://east:9870", user: "a b" } }, "/spec/hdfs/user"],
    [{ hdfs: { url: "hdfs://prod", web: "webhdfs://nn" } }, "/spec/hdfs/web"],
    [{ hdfs: { url: "hdfs://prod", kerberos: { nameNode: "nn" } } }, "/spec/hdfs/kerberos/nameNode"],
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

test("a check asks the agent anew and tells what it says; without an agent it tells that", async () => {
  const fake = await startFakeControl();
  const pair = createFakePair(fake.time.process(), { source: "east", target: "west" });
  await furnish(fake, pair);
  const { control, time } = fake;
  const checking = control.clusters.check("east", asker);
  await time.settle();
  const asked = pair.source.heard.at(-1);
  assert.ok(asked?.say === "inspect");
  assert.deepEqual(asked.scopes, ["/"]);
  await pair.source.say({
    say: "inspected",
    number: asked.number,
    status: { ...wellStatus, identity: { clusterId: "CID-east", namespaceId: "1" } },
    tookMs: 7,
    inspection: null,
    limits: { read: [], write: [] },
    failure: { code: "cluster-refused", message: "it is a standby", evidence: [] },
  });
  const { ok, lines, figures } = await checking;
  assert.equal(ok, false);
  const rights = lines.find(({ about }) => about === "rights");
  assert.deepEqual([rights?.code, rights?.text], ["cluster-refused", "it is a standby"]);
  assert.deepEqual([figures.answeredMs, figures.agent, figures.hadoop], [7, "fake", "3.4.2"]);
  pair.target.drop();
  await time.settle();
  const gone = await control.clusters.check("west", asker);
  assert.deepEqual([gone.ok, gone.lines[0]?.code], [false, "agent-away"]);
  await assert.rejects(control.clusters.check("nowhere", asker), { code: "not-found" });
});

const asker = { own: "0.1.0", maySee: () => true, mayKnow: () => true, mayReach: () => true };

test("what lies beyond the asker's sight is counted, not named", async () => {
  const fake = await startFakeControl();
  const pair = createFakePair(fake.time.process(), { source: "east", target: "west" });
  await furnish(fake, pair);
  await pair.source.tell({ clockErrorMs: 900 });
  await fake.time.settle();
  const narrow = { ...asker, maySee: () => false, mayReach: (path: string) => path === "/mine" };
  const checking = fake.control.clusters.check("east", narrow);
  await fake.time.settle();
  const asked = pair.source.heard.at(-1);
  assert.ok(asked?.say === "inspect");
  const inspection = {
    user: "coeval",
    superuser: true,
    snapshottable: ["/mine", "/theirs"],
    snapshottableCount: 2,
    freezesOpenFiles: true,
    usedBytes: 1,
    dataNodes: 1,
    scopes: [],
  };
  const status = { ...wellStatus, identity: { clusterId: "CID-east", namespaceId: "1" } };
  const limits = { read: ["/"], write: ["/"] };
  await pair.source.say({
    say: "inspected",
    number: asked.number,
    status,
    tookMs: 1,
    inspection,
    limits,
    failure: null,
  });
  const { lines, ok } = await checking;
  assert.match(lines.find(({ about }) => about === "rights")?.text ?? "", /now \/mine and 1 more$/);
  assert.equal(ok, true, "the tolerance of a service that is not theirs to see is not told");
});

const wellStatus = {
  reachable: true,
  cause: null,
  version: "3.4.2",
  safeMode: false,
  capacityBytes: 100,
  remainingBytes: 90,
};

test("one HDFS under two names: the second is told and cannot be used, the first that was pinned goes on", async () => {
  const fake = await startFakeControl();
  const pair = createFakePair(fake.time.process(), { source: "east", target: "west" });
  await furnish(fake, pair);
  const { control, time } = fake;
  // West is registered by an alias, and shows itself as east.
  await pair.target.tell({ identity: { clusterId: "CID-east", namespaceId: "1" } });
  await time.settle();
  const states = async () => (await control.clusters.list()).map(({ state }) => state);
  assert.deepEqual(await states(), ["registered-twice", "registered-twice"]);
  await assert.rejects(control.protect(call, { service: "orders", at: "earliest", label: null }), {
    code: "cluster-identity",
    message: /registered as west as well; remove one of them/,
  });
  const { service } = await control.services.get("orders");
  const { findings, blocked } = await control.services.examine(service, { measure: false });
  assert.equal(blocked, true);
  assert.match(
    findings[0]?.text ?? "",
    /east and west are one and the same HDFS, CID-east\/1: the copy would be lost/,
  );
  await control.write(({ trx }) => clusterPin(trx, "east", { clusterId: "CID-east", namespaceId: "1" }));
  assert.deepEqual(await states(), ["ok", "registered-twice"]);
  await assert.rejects(
    control.write(({ trx }) => clusterPin(trx, "west", { clusterId: "CID-east", namespaceId: "1" })),
    { code: "cluster-identity", message: /west proves to be CID-east\/1, which is registered as east/ },
  );
});
