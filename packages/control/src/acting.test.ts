import assert from "node:assert/strict";
import { test } from "node:test";
import { LEASE_MS, TAKEOVER_AFTER_MS } from "@coeval/contract/wire/link";
import { actingList } from "@coeval/store/control/acting-list";
import { createFakeAgent, type FakeAgent } from "./testing/fake-agent.ts";
import { call, enrolled, type FakeControl, furnish, startFakeControl } from "./testing/fake-control.ts";

const first = () => createFakeAgent({ cluster: "east", agent: "first", fingerprint: "1".repeat(64) });
const second = () => createFakeAgent({ cluster: "east", agent: "second", fingerprint: "2".repeat(64) });
const hdfs = { url: "webhdfs://east:9870", user: "coeval" };

/** Both enrolled and connected; the first acts. */
async function crew() {
  const fake = await startFakeControl();
  await fake.control.clusters.add(call, { name: "east", hdfs, scopes: ["/"] });
  const agents = [first(), second()] as const;
  for (const agent of agents) {
    await enrolled(fake.control, fake.network, agent.peer);
    await agent.connect(fake.network);
    await fake.time.settle();
  }
  await alive(fake, agents, 1000);
  return { fake, first: agents[0], second: agents[1] };
}

/** Lets time pass while these agents go on talking. */
async function alive({ time }: FakeControl, agents: readonly FakeAgent[], forMs: number): Promise<void> {
  for (let passed = 0; passed < forMs; passed += 500) {
    await time.advance(500);
    for (const agent of agents) await agent.tell();
  }
  await time.settle();
}

async function acts(fake: FakeControl): Promise<string> {
  const { agent } = await fake.control.clusters.get("east");
  return `${agent?.agent} ${agent?.acting ? "acts" : "does not act"} in term ${agent?.term}`;
}

const appointments = (agent: FakeAgent) =>
  agent.heard.flatMap((message) =>
    message.say === "appoint"
      ? [`${message.term} ${message.acting ? "acts" : "stands by"} ${message.leased}`]
      : [],
  );

test("the first that connects acts, alone without a lease; the second stands by, and from then on the first is leased", async () => {
  const { fake, first: one, second: two } = await crew();
  assert.deepEqual(appointments(one), ["1 acts false", "1 acts true"]);
  assert.deepEqual(appointments(two), ["1 stands by true"]);
  assert.equal(await acts(fake), "first acts in term 1");
  const [row] = await actingList(fake.control.database.db);
  assert.equal(row?.leased, true);
});

test("when the acting one is gone longer than TAKEOVER_AFTER_MS the other one acts in the next term, and not before", async () => {
  const { fake, first: one, second: two } = await crew();
  assert.ok(TAKEOVER_AFTER_MS > LEASE_MS);
  one.drop();
  await alive(fake, [two], TAKEOVER_AFTER_MS - 1500);
  assert.equal(await acts(fake), "first acts in term 1");
  const { cause } = await fake.control.clusters.get("east");
  assert.match(cause ?? "", /the agent first is away, .*; second takes over in \d+ s/);
  await alive(fake, [two], 2500);
  assert.equal(await acts(fake), "second acts in term 2");
  assert.deepEqual(appointments(two), ["1 stands by true", "2 acts true"]);
  await one.connect(fake.network);
  await alive(fake, [one, two], 1000);
  assert.equal(appointments(one).at(-1), "2 stands by true");
  assert.equal(await acts(fake), "second acts in term 2", "who comes back stands by");
});

test("who comes back in time goes on acting", async () => {
  const { fake, first: one, second: two } = await crew();
  one.drop();
  await alive(fake, [two], TAKEOVER_AFTER_MS - 2000);
  await one.connect(fake.network);
  await alive(fake, [one, two], TAKEOVER_AFTER_MS * 2);
  assert.equal(await acts(fake), "first acts in term 1");
});

test("a restart of the control device loses neither the term nor the time that a lease may last", async () => {
  const { fake, first: one, second: two } = await crew();
  one.drop();
  const next = await fake.restart();
  await two.connect(next.network);
  await alive(next, [two], TAKEOVER_AFTER_MS - 1500);
  assert.equal(await acts(next), "first acts in term 1");
  await alive(next, [two], 2500);
  assert.equal(await acts(next), "second acts in term 2");
});

test("an agent that was away when the second was enrolled has confirmed no lease: it must be revoked first", async () => {
  const fake = await startFakeControl();
  await fake.control.clusters.add(call, { name: "east", hdfs, scopes: ["/"] });
  const [one, two] = [first(), second()];
  await enrolled(fake.control, fake.network, one.peer);
  await one.connect(fake.network);
  await fake.time.settle();
  one.drop();
  await enrolled(fake.control, fake.network, two.peer);
  await two.connect(fake.network);
  await alive(fake, [two], TAKEOVER_AFTER_MS * 3);
  assert.equal(await acts(fake), "first acts in term 1");
  const { cause } = await fake.control.clusters.get("east");
  assert.match(cause ?? "", /second was enrolled while it was away: revoke it to let second act/);
  await fake.control.agents.revoke(call, "east", "first");
  await alive(fake, [two], 1000);
  assert.equal(await acts(fake), "second acts in term 2");
});

test("a run of the agent before stops with its reason; the releases go to the one that took over, in its term", async () => {
  const fake = await startFakeControl();
  const [one, two] = [first(), second()];
  const west = createFakeAgent({ cluster: "west", fingerprint: "3".repeat(64) });
  await furnish(fake, { source: one, target: west });
  await enrolled(fake.control, fake.network, two.peer);
  await two.connect(fake.network);
  await alive(fake, [one, two, west], 1000);
  const { run } = await fake.control.protect(call, { service: "orders", at: { inMs: 60_000 }, label: null });
  one.drop();
  await alive(fake, [two, west], TAKEOVER_AFTER_MS + 1000);
  const after = await fake.control.runs.get(run.id);
  assert.equal(after.run.phase, "giving-up");
  assert.equal(after.run.cause?.code, "agent-lost");
  assert.match(after.run.cause?.message ?? "", /^second took over from first/);
  const given = two.heard.flatMap((message) =>
    message.say === "instruct" ? [`${message.instruction.id} in term ${message.term}`] : [],
  );
  assert.deepEqual([...new Set(given)], [`${run.id}/release/source in term 2`]);
});

test("a cluster has so many agents and no more; one of the same name takes the other's place", async () => {
  const fake = await startFakeControl();
  await fake.control.clusters.add(call, { name: "east", hdfs, scopes: ["/"] });
  const named = (agent: string, digit: string) =>
    createFakeAgent({ cluster: "east", agent, fingerprint: digit.repeat(64) });
  for (const [agent, digit] of [
    ["a", "1"],
    ["b", "2"],
    ["c", "3"],
  ] as const)
    await enrolled(fake.control, fake.network, named(agent, digit).peer);
  await assert.rejects(
    enrolled(fake.control, fake.network, named("d", "4").peer),
    /has 3 agents already: a, b, c/,
  );
  await enrolled(fake.control, fake.network, named("b", "5").peer);
  const all = await fake.control.agents.list();
  assert.deepEqual(
    all.filter(({ revokedAt }) => revokedAt !== null).map(({ agent }) => agent),
    ["b"],
  );
});
