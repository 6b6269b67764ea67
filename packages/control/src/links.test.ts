import assert from "node:assert/strict";
import { test } from "node:test";
import { channelOn } from "@coeval/contract/wire/channel";
import { LINK_VERSION, SILENCE_MS_MAX, STATUS_EVERY_MS } from "@coeval/contract/wire/link";
import { createFakeAgent } from "./testing/fake-agent.ts";
import { call, enrolled, type FakeControl, startFakeControl } from "./testing/fake-control.ts";

const hdfs = { url: "webhdfs://east:9870", user: "coeval" };

async function withAgent() {
  const fake = await startFakeControl();
  await fake.control.clusters.add(call, { name: "east", hdfs, scopes: ["/"] });
  const agent = createFakeAgent({ cluster: "east", fingerprint: "1".repeat(64) });
  await enrolled(fake.control, fake.network, agent.peer);
  await agent.connect(fake.network);
  await fake.time.settle();
  return { ...fake, agent };
}

const east = ({ control }: Pick<FakeControl, "control">) => control.clusters.get("east");

test("a connected agent is welcomed, told the revoked keys, and its cluster is shown as it says", async () => {
  const fake = await withAgent();
  const [welcome, revoked] = fake.agent.heard;
  assert.deepEqual(welcome, {
    say: "welcome",
    version: LINK_VERSION,
    control: fake.control.id,
    cluster: { name: "east", ...hdfs },
    clockSource: `control:${fake.control.id}`,
  });
  assert.deepEqual(revoked, { say: "revoked", fingerprints: [] });
  const view = await east(fake);
  assert.deepEqual([view.connected, view.state, view.cause], [true, "ok", null]);
  assert.deepEqual(view.clock, {
    source: `control:${fake.control.id}`,
    server: null,
    offsetMs: 0,
    errorMs: 1,
    ageMs: 0,
    apart: null,
  });
  await fake.agent.tell({ reachable: false, cause: "Connection refused\n\tat java" });
  await fake.time.settle();
  assert.equal((await east(fake)).cause, "Connection refused");
});

test("the time is told at once, by the control device's own clock", async () => {
  const fake = await withAgent();
  await fake.agent.say({ say: "time?", number: 7 });
  await fake.time.settle();
  assert.deepEqual(fake.agent.heard.at(-1), {
    say: "time",
    number: 7,
    now: fake.time.nowMs,
    errorMs: 0,
    acting: 1,
  });
});

test("an agent whose connection breaks shows at once, with the cause; a silent one within 10 s", async () => {
  const fake = await withAgent();
  fake.agent.drop();
  await fake.time.settle();
  const broken = await east(fake);
  assert.equal(broken.connected, false);
  assert.match(broken.cause ?? "", /is away, last seen 2027-.*: the agent was killed/);
  await fake.agent.connect(fake.network);
  for (let told = 0; told < 5; told++) {
    await fake.time.advance(STATUS_EVERY_MS);
    await fake.agent.tell();
  }
  assert.equal((await east(fake)).connected, true);
  const lastSeenAt = fake.time.nowMs;
  await fake.time.advance(SILENCE_MS_MAX + 1);
  const silent = await east(fake);
  assert.equal(silent.connected, false);
  assert.equal(silent.lastSeenAt, lastSeenAt);
  assert.match(silent.cause ?? "", /nothing was heard for 7 s/);
});

test("live views hear of a change once, not of every status", async () => {
  const fake = await withAgent();
  const before = await fake.control.events.last();
  for (let told = 0; told < 5; told++) await fake.agent.tell();
  await fake.time.settle();
  assert.deepEqual(await fake.control.events.since(before, 10), []);
  await fake.agent.tell({ safeMode: true });
  await fake.time.settle();
  const [event] = await fake.control.events.since(before, 10);
  assert.equal(event?.object, "cluster/east");
  assert.equal((await east(fake)).cause, "the NameNode is in safe mode");
});

test("a cluster that proves to be another one than pinned says so", async () => {
  const fake = await withAgent();
  const identity = JSON.stringify({ clusterId: "CID-old", namespaceId: "1" });
  await fake.control.database.db.updateTable("clusters").set({ identity }).execute();
  const text = "webhdfs://east:9870 is the cluster CID-east/1; registered is CID-old/1";
  assert.equal((await east(fake)).cause, text);
});

test("a newer connection of the cluster's agent takes the place of the older one", async () => {
  const fake = await withAgent();
  const again = createFakeAgent({ cluster: "east", fingerprint: "1".repeat(64) });
  await again.connect(fake.network);
  await fake.time.settle();
  assert.equal(fake.agent.ended, true);
  assert.equal(again.ended, false);
  assert.equal((await east(fake)).connected, true);
});

test("a revoked agent's link ends for good at once, and every other agent hears of the key", async () => {
  const fake = await withAgent();
  await fake.control.clusters.add(call, {
    name: "west",
    hdfs: { ...hdfs, url: "webhdfs://west:9870" },
    scopes: ["/"],
  });
  const west = createFakeAgent({ cluster: "west", fingerprint: "2".repeat(64) });
  await enrolled(fake.control, fake.network, west.peer);
  await west.connect(fake.network);
  await fake.control.agents.revoke(call, "east", "east");
  await fake.time.settle();
  const last = fake.agent.heard.at(-1);
  assert.ok(last?.say === "refused" && last.final);
  assert.deepEqual(west.heard.at(-1), { say: "revoked", fingerprints: ["1".repeat(64)] });
  assert.match((await east(fake)).cause ?? "", /no agent is enrolled/);
});

test("a message that is none, bytes, or another version end the link with the reason", async () => {
  const fake = await withAgent();
  for (const [first, reason] of [
    [{ say: "hello", version: 99, software: "x", dataAddress: "a:1" }, /speaks version 99/],
    [{ say: "shout" }, /a message that is none: say/],
    [{ say: "time?", number: 1 }, /'time\?' came before 'hello'/],
  ] as const) {
    const channel = channelOn(fake.network.dial(fake.agent.peer));
    await channel.send(first);
    const frame = await channel.receive();
    assert.ok(frame?.kind === "json");
    const { say, failure } = frame.value as { say: string; failure: { code: string; message: string } };
    assert.deepEqual([say, failure.code], ["refused", "protocol"]);
    assert.match(failure.message, reason);
    channel.close("heard");
  }
  assert.equal((await east(fake)).connected, true, "the good link is untouched");
  await fake.agent.say({ say: "time?", number: "x" } as never);
  await fake.time.settle();
  const last = fake.agent.heard.at(-1);
  assert.ok(last?.say === "refused" && last.failure.code === "protocol");
  assert.equal((await east(fake)).connected, false);
});

test("an agent of another version is shown as away with the reason, until one that fits comes", async () => {
  const fake = await withAgent();
  fake.agent.drop();
  await fake.time.settle();
  const channel = channelOn(fake.network.dial(fake.agent.peer));
  await channel.send({ say: "hello", version: 99, software: "x", dataAddress: "a:1" });
  await channel.receive();
  channel.close("heard");
  await fake.time.settle();
  const away = await east(fake);
  assert.equal(away.state, "agent-away");
  assert.match(
    away.cause ?? "",
    new RegExp(`is away, last seen .*: the agent speaks version 99, this is ${LINK_VERSION}`),
  );
  await fake.agent.connect(fake.network);
  await fake.time.settle();
  assert.equal((await east(fake)).cause, null);
});

test("another control device, and an agent of a key never enrolled, are refused", async () => {
  const fake = await withAgent();
  const stream = fake.network.dial({ kind: "control", id: "other", fingerprint: "9".repeat(64) });
  await fake.time.settle();
  await assert.rejects(stream.read(), /no business here/);
  const unknown = createFakeAgent({ cluster: "east", fingerprint: "9".repeat(64) });
  await unknown.connect(fake.network);
  await fake.time.settle();
  const last = unknown.heard.at(-1);
  assert.ok(last?.say === "refused" && last.final);
  assert.equal(fake.agent.ended, false);
});
