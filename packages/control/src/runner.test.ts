import assert from "node:assert/strict";
import { test } from "node:test";
import { auditCheck } from "@coeval/store/control/audit-check";
import type { Outcome } from "@coeval/core/protect/instruction";
import { controlMigrations } from "@coeval/store/control/migrations/all";
import type { ControlTables } from "@coeval/store/control/tables";
import { openDatabase } from "@coeval/store/database";
import { instructionOpen } from "@coeval/store/control/instruction-open";
import type { Tx } from "./records.ts";
import { createBell } from "./bell.ts";
import { createRecords } from "./records.ts";
import { createRunner } from "./runner.ts";
import { createFakeTime } from "./testing/fake-clock.ts";
import { createFakeWorld } from "./testing/fake-world.ts";
import { runBetween } from "./testing/fake-run.ts";
import { call, type FakeControl, furnish, startFakeControl } from "./testing/fake-control.ts";
import { createFakePair, type FakePair } from "./testing/fake-work.ts";

const names = { source: "east", target: "west" };

/** Protects once while the process dies at its `write`-th write, then lets the next process go on. */
async function protectThroughDeath(
  write: number,
  when: "before" | "after",
): Promise<{ fake: FakeControl; pair: FakePair; died: boolean }> {
  const first = await startFakeControl();
  const pair = createFakePair(first.time.process(), names);
  await furnish(first, pair);
  first.dieAt(write, when);
  await first.control
    .protect(call, { service: "orders", at: { inMs: 3000 }, label: null })
    .catch((thrown: unknown) => assert.ok(first.dead, String(thrown)));
  for (let step = 0; step < 10 && !first.dead; step++) await first.time.advance(400);
  const died = first.dead;
  if (!died) return { fake: first, pair, died };
  const fake = await first.restart();
  await pair.source.connect(fake.network);
  await pair.target.connect(fake.network);
  await fake.time.advance(6000);
  return { fake, pair, died };
}

for (const when of ["before", "after"] as const) {
  test(`killed at each of its writes, ${when} the commit, the run is done once or never began`, async () => {
    let deaths = 0;
    let done = 0;
    for (let write = 1; ; write++) {
      const { fake, pair, died } = await protectThroughDeath(write, when);
      if (!died) break;
      deaths++;
      const about = `write ${write}, ${when}`;
      const { items: runs } = await fake.control.runs.list({});
      const { items: points } = await fake.control.points.list("orders", {});
      assert.ok(runs.length <= 1, about);
      for (const { run } of runs) assert.equal(run.phase, "done", `${about}: ${JSON.stringify(run.cause)}`);
      assert.equal(points.length, runs.length, about);
      done += runs.length;
      assert.deepEqual([...new Set(pair.effects)], pair.effects, `${about}: an effect came twice`);
      assert.deepEqual(await instructionOpen(fake.control.database.db), [], about);
      assert.equal((await auditCheck(fake.control.database.db, fake.world.hash)).broken, null, about);
    }
    assert.ok(deaths >= 11, `only ${deaths} writes were tried`);
    assert.ok(done >= deaths - 1, `${done} of ${deaths} runs were done`);
  });
}

test("a run whose deadline passes while the control device is down is given up after the restart, and released", async () => {
  const first = await startFakeControl();
  const pair = createFakePair(first.time.process(), names);
  await furnish(first, pair);
  pair.target.drop();
  await first.time.settle();
  // The target is gone, so it cannot begin: make it come, and go before it can open.
  await pair.target.connect(first.network);
  await first.time.advance(1000);
  const { run } = await first.control.protect(call, { service: "orders", at: { inMs: 3000 }, label: null });
  pair.source.drop();
  await first.time.advance(500);
  const second = await first.restart();
  await second.time.advance(60_000);
  const waiting = await second.control.runs.get(run.id);
  assert.equal(waiting.run.phase, "giving-up");
  assert.equal(waiting.run.cause?.code, "moment-too-near");
  const third = await second.restart();
  const heardBefore = pair.target.heard.length;
  await pair.source.connect(third.network);
  await pair.target.connect(third.network);
  await third.time.advance(1000);
  const ordered = pair.target.heard
    .slice(heardBefore)
    .flatMap((message) => (message.say === "instruct" ? [message.instruction.order.step] : []));
  assert.deepEqual(ordered, ["release"], "what was withdrawn stays withdrawn");
  const ended = await third.control.runs.get(run.id);
  assert.equal(ended.run.phase, "failed");
  assert.ok(!pair.effects.includes("take-snapshots/source"), "a withdrawn instruction was sent");
});

test("an answer counts once, also when it is fed again while the first is being stored", async () => {
  const database = await openDatabase<ControlTables>(":memory:", controlMigrations);
  const world = createFakeWorld(createFakeTime(0).process(), 1);
  const run = runBetween("east", "west");
  const runner = createRunner(world, {
    db: database.db,
    records: createRecords(world, database, createBell()),
    deadlines: { arm: () => undefined, disarm: () => undefined },
    send: () => undefined,
    withdraw: () => undefined,
    noted: () => undefined,
  });
  await runner.begin(run, async () => undefined);
  const failure = { code: "foreign-data", message: "not ours", evidence: [] } as const;
  const outcome: Outcome = { ok: false, failure };
  const event = { kind: "answered", side: "target", step: "open-holding", outcome, now: 0 } as const;
  const answer = { instruction: `${run.id}/open-holding/target`, outcome, who: "agent:west/west" };
  await Promise.all([runner.feed(run.id, event, { answer }), runner.feed(run.id, event, { answer })]);
  const audit = await database.db.selectFrom("audit").selectAll().execute();
  assert.equal(audit.filter(({ what }) => what === "instruction.answer").length, 1);
  assert.equal(runner.active(run.id)?.phase, "giving-up");
});

test("a cluster that is pinned as another one meanwhile ends the run before any snapshot", async () => {
  const fake = await startFakeControl();
  const pair = createFakePair(fake.time.process(), names);
  await furnish(fake, pair);
  const pinnedMeanwhile = {
    ...call,
    async within({ trx }: Tx) {
      const identity = JSON.stringify({ clusterId: "CID-other", namespaceId: "9" });
      await trx.updateTable("clusters").set({ identity }).where("name", "=", "west").execute();
    },
  };
  const request = { service: "orders", at: { inMs: 3000 }, label: null };
  const { run } = await fake.control.protect(pinnedMeanwhile, request);
  await fake.time.advance(5000);
  const ended = await fake.control.runs.get(run.id);
  assert.equal(ended.run.phase, "failed");
  assert.equal(ended.run.cause?.code, "cluster-identity");
  assert.ok(!pair.effects.includes("take-snapshots/source"));
});

test("a certificate that its agent changed is no point", async () => {
  const fake = await startFakeControl();
  const pair = createFakePair(fake.time.process(), names, (_instruction, outcome) => {
    if (!outcome.ok || outcome.result.step !== "seal") return outcome;
    const { certificate } = outcome.result;
    const body = { ...certificate.body, epoch: 7 };
    return { ok: true, result: { step: "seal", certificate: { ...certificate, body } } };
  });
  await furnish(fake, pair);
  const { run } = await fake.control.protect(call, { service: "orders", at: "earliest", label: null });
  await fake.time.advance(5000);
  const ended = await fake.control.runs.get(run.id);
  assert.equal(ended.run.phase, "failed");
  assert.equal(ended.run.cause?.message, "the certificate is not of this run");
  assert.deepEqual((await fake.control.points.list("orders", {})).items, []);
});

test("a run that is cancelled is released on both sides and audited with who did it", async () => {
  const fake = await startFakeControl();
  const pair = createFakePair(fake.time.process(), names);
  await furnish(fake, pair);
  const { run } = await fake.control.protect(call, { service: "orders", at: { inMs: 9000 }, label: null });
  await fake.time.advance(1000);
  await fake.control.runs.cancel({ who: "token:ada" }, run.id);
  await fake.time.advance(1000);
  const ended = await fake.control.runs.get(run.id);
  assert.equal(ended.run.phase, "failed");
  assert.equal(ended.run.cause?.message, "cancelled by token:ada");
  const audit = await fake.control.database.db.selectFrom("audit").selectAll().execute();
  assert.equal(audit.filter(({ who, what }) => who === "token:ada" && what === "run.cancel").length, 1);
});

test("what the agents tell of a run stands in its log once, beside the control device's own lines, at their time", async () => {
  const fake = await startFakeControl();
  const pair = createFakePair(fake.time.process(), names, (instruction, outcome) =>
    instruction.order.step === "take-snapshots"
      ? {
          ...outcome,
          lines: [
            { at: instruction.order.moment - 1, text: "snapshot taken" },
            { at: instruction.order.moment + 900_000, text: "a clock that is ahead" },
            { at: null, text: "no clock yet" },
          ],
        }
      : outcome,
  );
  await furnish(fake, pair);
  const { run } = await fake.control.protect(call, { service: "orders", at: { inMs: 3000 }, label: null });
  await fake.time.advance(6000);
  const { items } = await fake.control.runs.logs(run.id, {});
  const told = items.filter(({ text }) => text.startsWith("source east: "));
  assert.deepEqual(
    told.map(({ text }) => text),
    ["source east: snapshot taken", "source east: a clock that is ahead", "source east: no clock yet"],
  );
  const index = items.findIndex(({ text }) => text === "entered sending");
  assert.equal(items.indexOf(told[2] as (typeof items)[0]) < index, true, "before what followed from them");
  assert.equal(told[0]?.at, run.moment - 1);
  for (const { at } of told.slice(1)) assert.equal(at, items[index]?.at, "never later than they came");
  await fake.control.stop();
});
