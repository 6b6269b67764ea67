// Alerts: each trouble is told once, and its end once, whatever dies, hangs or refuses.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HOLD_OFF_MS } from "./alert-changes.ts";
import { SEND_MS_MAX } from "./courier.ts";
import { call, type FakeControl, furnish, startFakeControl } from "./testing/fake-control.ts";
import { createFakeMessenger, type FakeMessenger } from "./testing/fake-messenger.ts";
import { createFakePair, type FakePair } from "./testing/fake-work.ts";
import { auditList } from "./testing/audit-list.ts";

const TELL_EVERY_MS = 4000;
/** Appears, is held off, looked at, sent. */
const TOLD_MS = HOLD_OFF_MS + 8000;

async function protectedService(messenger: FakeMessenger): Promise<{ fake: FakeControl; pair: FakePair }> {
  const fake = await startFakeControl({ messenger });
  const pair = createFakePair(fake.time.process(), { source: "east", target: "west" });
  await furnish(fake, pair);
  await fake.control.protect(call, { service: "orders", at: "earliest", label: null });
  await pass(fake, pair, 8000);
  return { fake, pair };
}

/** Time passes, in which agents that are connected tell their status. */
async function pass(fake: FakeControl, pair: FakePair, ms: number): Promise<void> {
  for (let passed = 0; passed < ms && !fake.dead; passed += TELL_EVERY_MS) {
    for (const agent of [pair.source, pair.target]) if (!agent.ended) await agent.tell();
    await fake.time.advance(Math.min(TELL_EVERY_MS, ms - passed));
  }
}

const told = ({ taken }: FakeMessenger) =>
  taken.map(({ target, message: { kind, key } }) => `${target} ${kind} ${key}`);

test("an agent that goes is told once, and once when it is back; while all is well nobody hears anything", async () => {
  const messenger = createFakeMessenger("webhook/ops");
  const { fake, pair } = await protectedService(messenger);
  await pass(fake, pair, 60_000);
  assert.deepEqual(told(messenger), []);
  pair.target.drop();
  await pass(fake, pair, 60_000);
  assert.deepEqual(told(messenger), ["webhook/ops raised cluster/west:agent-away"]);
  await pair.target.connect(fake.network);
  await pass(fake, pair, 60_000);
  assert.deepEqual(told(messenger).slice(1), ["webhook/ops over cluster/west:agent-away"]);
  const [raised, over] = messenger.taken.map(({ message }) => message);
  assert.notEqual(raised?.id, over?.id);
  assert.match(raised?.text ?? "", /^the agent west is away/);
});

test("what comes and goes within the hold-off is not told", async () => {
  const messenger = createFakeMessenger("webhook/ops");
  const { fake, pair } = await protectedService(messenger);
  for (let time = 0; time < 4; time++) {
    pair.target.drop();
    await pass(fake, pair, HOLD_OFF_MS - 6000);
    await pair.target.connect(fake.network);
    await pass(fake, pair, 4000);
  }
  await pass(fake, pair, TOLD_MS);
  assert.deepEqual(told(messenger), []);
});

test("a target that hangs delays neither the other target nor a moment, and gets its alerts when it lives again", async () => {
  const messenger = createFakeMessenger("webhook/dead", "mail");
  messenger.behaves.set("webhook/dead", "hangs");
  const { fake, pair } = await protectedService(messenger);
  pair.target.drop();
  await pass(fake, pair, TOLD_MS);
  assert.deepEqual(told(messenger), ["mail raised cluster/west:agent-away"]);
  await pair.target.connect(fake.network);
  await pass(fake, pair, 4000);
  const { run } = await fake.control.protect(call, { service: "orders", at: "earliest", label: null });
  await pass(fake, pair, 8000);
  assert.equal((await fake.control.runs.get(run.id)).run.phase, "done");
  messenger.behaves.delete("webhook/dead");
  await pass(fake, pair, 4 * SEND_MS_MAX);
  assert.deepEqual(
    told(messenger).filter((line) => line.startsWith("webhook")),
    ["webhook/dead raised cluster/west:agent-away", "webhook/dead over cluster/west:agent-away"],
  );
  await fake.control.stop();
});

test("what waits for a target that is configured no more is given up, with an audit row", async () => {
  const messenger = createFakeMessenger("webhook/old");
  messenger.behaves.set("webhook/old", "refuses");
  const { fake, pair } = await protectedService(messenger);
  pair.target.drop();
  await pass(fake, pair, TOLD_MS);
  const targets = messenger.targets as string[];
  targets.splice(0, 1, "webhook/new");
  const next = await fake.restart();
  await pass(next, pair, 4000);
  const [given] = (await auditList(next)).filter(({ what }) => what === "alert.give-up");
  assert.match(given?.details ?? "", /does not name this target any more/);
});

test("killed at any of its writes, an alert is sent once and its end once; a repeat has the same id", async () => {
  let deaths = 0;
  for (const when of ["before", "after"] as const) {
    for (let write = 1; write <= 5; write++) {
      const messenger = createFakeMessenger("webhook/ops", "mail");
      const { fake, pair } = await protectedService(messenger);
      pair.target.drop();
      fake.dieAt(write, when);
      await pass(fake, pair, TOLD_MS);
      await pair.target.connect(fake.network).catch(() => undefined);
      await pass(fake, pair, TOLD_MS);
      if (!fake.dead) continue;
      deaths++;
      pair.target.drop();
      const next = await fake.restart();
      await pair.source.connect(next.network);
      await pass(next, pair, TOLD_MS);
      await pair.target.connect(next.network);
      await pass(next, pair, 2 * TOLD_MS);
      for (const target of messenger.targets) {
        const about = `${target}, write ${write}, ${when}`;
        const mine = messenger.taken.filter((one) => one.target === target).map(({ message }) => message);
        const away = mine.filter(({ key }) => key === "cluster/west:agent-away");
        const once = [...new Map(away.map((message) => [message.id, message.kind])).values()];
        // Killed after its end was told, it goes once more: a second trouble, told as such.
        assert.ok(once.length === 2 || once.length === 4, `${about}: ${once.join()}`);
        assert.deepEqual(
          once,
          once.length === 2 ? ["raised", "over"] : ["raised", "over", "raised", "over"],
          about,
        );
        const others = mine.filter(({ key }) => key !== "cluster/west:agent-away");
        assert.deepEqual(others, [], about);
      }
    }
  }
  assert.ok(deaths >= 7, `${deaths} deaths`);
});
