import assert from "node:assert/strict";
import { test } from "node:test";
import { SILENCE_MS_MAX } from "@coeval/contract/wire/link";
import { ENROLMENT_MS } from "./clusters.ts";
import { call, enrolWith, type FakeControl, startFakeControl } from "./testing/fake-control.ts";
import { createFakeAgent } from "./testing/fake-agent.ts";

const hdfs = { url: "webhdfs://east:9870", user: "coeval" };
const key = (digit: string) => `key:${digit.repeat(64)}`;

async function withCluster(): Promise<FakeControl> {
  const fake = await startFakeControl();
  await fake.control.clusters.add(call, { name: "east", hdfs, scopes: ["/"] });
  return fake;
}

async function audit({ control }: FakeControl, what: string) {
  return control.database.db.selectFrom("audit").selectAll().where("what", "=", what).execute();
}

test("an agent with the secret gets a certificate for its key, once; both are audited", async () => {
  const fake = await withCluster();
  const { secret } = await fake.control.clusters.enroll(call, "east");
  const message = { secret, agent: "east", csr: key("1") };
  assert.deepEqual(await enrolWith(fake.network, message), {
    say: "certified",
    certificate: "cert of east/east",
    authority: "authority",
  });
  const again = await enrolWith(fake.network, message);
  assert.equal(again.say, "refused");
  assert.equal((await audit(fake, "agent.enrol")).length, 1);
  const [refused] = await audit(fake, "agent.refuse-enrolment");
  assert.match(refused?.details ?? "", /was used before/);
});

test("of 100 bad enrolments none is accepted, and all are audited", async () => {
  const fake = await withCluster();
  const { control, network, time } = fake;
  const used = await control.clusters.enroll(call, "east");
  await enrolWith(network, { secret: used.secret, agent: "east", csr: key("1") });
  const expired = await control.clusters.enroll(call, "east");
  await time.advance(ENROLMENT_MS + 1);
  const good = await control.clusters.enroll(call, "east");
  const [id] = good.secret.split(".");
  const bad = Array.from({ length: 20 }, (_, i) => [
    { secret: used.secret, agent: "east", csr: key("2") },
    { secret: expired.secret, agent: "east", csr: key("2") },
    { secret: `${id}.${String(i).padStart(64, "0")}`, agent: "east", csr: key("2") },
    { secret: i % 2 ? `guess-${i}` : "", agent: "east", csr: key("2") },
    { secret: good.secret, agent: `other-${i}`, csr: key("2") },
  ]).flat();
  assert.equal(bad.length, 100);
  for (const message of bad) {
    const answer = await enrolWith(network, message);
    assert.equal(answer.say, "refused");
    if (answer.say === "refused") assert.equal(answer.failure.code, "enrolment-refused");
  }
  assert.equal((await audit(fake, "agent.refuse-enrolment")).length, 100);
  assert.equal((await control.agents.list()).length, 1);
  assert.equal(
    (await enrolWith(network, { secret: good.secret, agent: "east", csr: key("3") })).say,
    "certified",
  );
});

test("of two that spend one secret at once, one gets a certificate", async () => {
  const fake = await withCluster();
  const { secret } = await fake.control.clusters.enroll(call, "east");
  const answers = await Promise.all(
    ["1", "2"].map((digit) => enrolWith(fake.network, { secret, agent: "east", csr: key(digit) })),
  );
  assert.deepEqual(answers.map(({ say }) => say).toSorted(), ["certified", "refused"]);
  assert.equal((await fake.control.agents.list()).length, 1);
});

test("a secret whose request is malformed is not spent", async () => {
  const fake = await withCluster();
  const { secret } = await fake.control.clusters.enroll(call, "east");
  assert.equal((await enrolWith(fake.network, { secret, agent: "east", csr: "nonsense" })).say, "refused");
  assert.equal((await enrolWith(fake.network, { secret, agent: "east", csr: key("1") })).say, "certified");
});

test("a newly enrolled agent takes the place of the one before, whose link ends for good", async () => {
  const fake = await withCluster();
  const first = createFakeAgent({ cluster: "east", fingerprint: "1".repeat(64) });
  const one = await fake.control.clusters.enroll(call, "east");
  await enrolWith(fake.network, { secret: one.secret, agent: "east", csr: key("1") });
  await first.connect(fake.network);
  await fake.time.settle();
  const two = await fake.control.clusters.enroll(call, "east");
  await enrolWith(fake.network, { secret: two.secret, agent: "east", csr: key("2") });
  await fake.time.settle();
  const last = first.heard.at(-1);
  assert.ok(last?.say === "refused" && last.final);
  await first.connect(fake.network);
  await fake.time.settle();
  const again = first.heard.at(-1);
  assert.ok(again?.say === "refused" && again.failure.code === "peer-not-trusted");
  assert.equal(fake.control.id.startsWith("control-"), true);
  assert.equal((await fake.control.clusters.get("east")).connected, false);
});

test("a renewal keeps the key; another key is refused", async () => {
  const fake = await withCluster();
  const agent = createFakeAgent({ cluster: "east", fingerprint: "1".repeat(64) });
  const { secret } = await fake.control.clusters.enroll(call, "east");
  await enrolWith(fake.network, { secret, agent: "east", csr: key("1") });
  await agent.connect(fake.network);
  await fake.time.settle();
  await agent.say({ say: "renew", csr: key("1") });
  await fake.time.settle();
  assert.equal(agent.heard.at(-1)?.say, "certified");
  await agent.say({ say: "renew", csr: key("2") });
  await fake.time.settle();
  const last = agent.heard.at(-1);
  assert.ok(last?.say === "refused" && last.failure.code === "enrolment-refused");
});

test("a stranger that says anything else, or nothing, is not heard", async () => {
  const fake = await withCluster();
  const stranger = createFakeAgent({ cluster: "east", fingerprint: "1".repeat(64) });
  await stranger.connect({ ...fake.network, dial: () => fake.network.dial({ kind: "stranger" }) });
  await fake.time.settle();
  const last = stranger.heard.at(-1);
  assert.ok(last?.say === "refused" && last.failure.code === "peer-not-trusted");
  const silent = fake.network.dial({ kind: "stranger" });
  await fake.time.advance(SILENCE_MS_MAX + 1);
  await assert.rejects(silent.read(), /nothing was heard/);
});
