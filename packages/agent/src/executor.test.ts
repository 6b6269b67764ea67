import assert from "node:assert/strict";
import { test } from "node:test";
import { policyDefaults } from "@coeval/core/model/policy";
import type { Instruction, Order } from "@coeval/core/protect/instruction";
import { chanceOf } from "@coeval/core/testing/chance";
import { randomTree } from "@coeval/core/testing/trees";
import { listInstructions, readInstruction } from "@coeval/store/agent/journal";
import { readTenure } from "@coeval/store/agent/tenures";
import { refuseAnswers } from "@coeval/store/agent/testing/refuse-answers";
import { BEGIN_MS } from "./testing/fake-time.ts";
import { createStage, listenTo } from "./testing/stage.ts";

const sets = [{ name: "alpha", component: "hdfs", path: "/data/alpha" }] as const;
const places = [{ name: "alpha", relative: "alpha" }];
const share = { bytesPerSecond: null, priority: 50, moment: 1 };
const peer = { cluster: "east", agent: "agent-east", fingerprint: "f".repeat(64) };
const SIDES = {
  "open-holding": "target",
  "take-snapshots": "source",
  "receive-snapshots": "target",
  "send-snapshots": "source",
  "serve-snapshots": "source",
  "replicate-snapshots": "target",
  release: "source",
} as const;

function instruction(
  order: Order & { step: keyof typeof SIDES },
  change: Partial<Instruction> = {},
): Instruction {
  const side = SIDES[order.step];
  const run = change.run ?? "run-1";
  return {
    id: `${run}/${order.step}/${side}`,
    run,
    service: "billing",
    cluster: side === "source" ? "east" : "west",
    role: side === "source" ? "primary" : "secondary",
    epoch: 1,
    identity: null,
    order,
    ...change,
  };
}

const takeAt = (momentMs: number, change: Partial<Instruction> = {}): Instruction =>
  instruction(
    {
      step: "take-snapshots",
      filters: policyDefaults.filters,
      moment: BEGIN_MS + momentMs,
      sets,
      snapshotName: `coeval-${change.run ?? "run-1"}`,
      clockErrorMsMax: 50,
    },
    change,
  );

const releaseVoid = (change: Partial<Instruction> = {}): Instruction =>
  instruction(
    {
      step: "release",
      outcome: "void",
      certificate: null,
      sets,
      holding: {
        directory: "/coeval/billing",
        sets: [{ name: "a", relative: "a" }],
        filters: { include: [], exclude: [] },
        base: null,
      },
    },
    change,
  );

async function source() {
  const stage = await createStage();
  stage.sites.source.source.tree = randomTree(chanceOf(1), 5);
  return { stage, site: stage.sites.source, heard: listenTo(stage.sites.source, stage.time) };
}

const failureOf = (outcome: Awaited<ReturnType<ReturnType<typeof listenTo>["ask"]>>) =>
  outcome.ok ? null : outcome.failure.code;

test("an instruction takes effect once: repeats during the work and after it are answered, not carried out", async () => {
  const { stage, site, heard } = await source();
  const take = takeAt(2000);
  const answer = heard.answerTo(take.id);
  await Promise.all([site.instruct(take), site.instruct(take), site.instruct(take)]);
  const first = await stage.time.until(answer);
  assert.equal(first.ok, true);
  const again = await heard.ask(take);
  assert.deepEqual(again, first);
  assert.deepEqual(site.source.calls, ["snapshot coeval-run-1"]);
  assert.equal(heard.answers.length, 2);
});

test("a repeat with other words changes nothing: what was journaled counts", async () => {
  const { heard } = await source();
  const first = await heard.ask(takeAt(2000));
  const other = await heard.ask(takeAt(60_000));
  assert.deepEqual(other, first);
});

test("the report of being armed is told again when the instruction comes again: the first may have been lost", async () => {
  const { stage, site, heard } = await source();
  const take = takeAt(5000);
  void site.instruct(take);
  await stage.time.advance(1000);
  assert.deepEqual(
    heard.reports.map(([, report]) => report.kind),
    ["armed"],
  );
  await site.instruct(take);
  assert.deepEqual(
    heard.reports.map(([, report]) => report.kind),
    ["armed", "armed"],
  );
});

test("an instruction whose answer could not be stored is closed by its run's release", async () => {
  const { stage, site, heard } = await source();
  const take = takeAt(2000);
  const mend = await refuseAnswers(site.db, take.id);
  await site.instruct(take);
  await stage.time.advance(10_000);
  assert.equal((await readInstruction(site.db, take.id))?.outcome, null);
  await mend();
  assert.equal((await heard.ask(releaseVoid())).ok, true);
  const outcome = (await readInstruction(site.db, take.id))?.outcome;
  assert.equal(outcome?.ok === false && outcome.failure.code, "released");
  assert.deepEqual(await listInstructions(site.db, "open"), []);
});

test("late instructions of a run that was released are refused, and stay refused", async () => {
  const { site, heard } = await source();
  assert.equal((await heard.ask(releaseVoid())).ok, true);
  const take = takeAt(2000);
  assert.equal(failureOf(await heard.ask(take)), "released");
  assert.equal(failureOf(await heard.ask(take)), "released");
  assert.deepEqual(site.source.calls, []);
});

test("right behind a release nothing of the run begins any more, even before the release is done", async () => {
  const { site, heard, stage } = await source();
  const take = takeAt(2000);
  const answer = heard.answerTo(take.id);
  await Promise.all([site.instruct(releaseVoid()), site.instruct(take)]);
  assert.equal(failureOf(await stage.time.until(answer)), "released");
  assert.deepEqual(site.source.calls, []);
});

test("a release ends what is under way before it works, and that is answered as released", async () => {
  const { stage, site, heard } = await source();
  const take = takeAt(60_000);
  const taken = heard.answerTo(take.id);
  await site.instruct(take);
  await stage.time.advance(1000);
  assert.equal((await heard.ask(releaseVoid())).ok, true);
  assert.equal(failureOf(await taken), "released");
  assert.ok(stage.time.nowMs < 10_000, "nobody waited for the moment");
  assert.deepEqual(site.source.calls, ["release coeval-run-1"]);
});

test("what is addressed, named, dated or granted wrongly is refused before anything is done", async () => {
  const cases: readonly (readonly [string, Instruction])[] = [
    ["beyond-limits", takeAt(2000, { cluster: "north" })],
    ["protocol", takeAt(2000, { id: "run-1/release/source" })],
    ["protocol", takeAt(2000, { id: "run-2/take-snapshots/source" })],
    ["protocol", takeAt(2000, { role: "secondary", id: "run-1/take-snapshots/target" })],
    ["epoch", takeAt(2000, { epoch: 2 })],
    [
      "beyond-limits",
      instruction({
        ...(takeAt(2000).order as Order & { step: "take-snapshots" }),
        sets: [{ ...sets[0], path: "/etc" }],
      }),
    ],
    [
      "bad-path",
      instruction({
        ...(takeAt(2000).order as Order & { step: "take-snapshots" }),
        sets: [{ ...sets[0], path: "/data/../etc" }],
      }),
    ],
  ];
  for (const [code, wrong] of cases) {
    const { site, heard } = await source();
    assert.equal(failureOf(await heard.ask(wrong)), code, wrong.id);
    assert.deepEqual(site.source.calls, []);
    assert.equal(await readTenure(site.db, "billing"), null, "a refusal moves no epoch");
  }
});

test("the epoch is stored before the act; lower ones are refused for ever, the next takes over, none is skipped", async () => {
  const { site, heard } = await source();
  site.source.fault = async (call) => {
    if (call === "prepare") assert.equal((await readTenure(site.db, "billing"))?.epoch, 1);
  };
  assert.equal((await heard.ask(takeAt(1000))).ok, true);
  assert.equal(failureOf(await heard.ask(takeAt(9000, { run: "run-2", epoch: 3 }))), "epoch");
  assert.equal((await heard.ask(releaseVoid({ run: "run-3", epoch: 2 }))).ok, true);
  assert.equal(failureOf(await heard.ask(takeAt(9000, { run: "run-4", epoch: 1 }))), "epoch");
  const turned = {
    ...releaseVoid({ run: "run-5", epoch: 2 }),
    role: "secondary" as const,
    id: "run-5/release/target",
  };
  assert.equal(failureOf(await heard.ask(turned)), "epoch");
  assert.deepEqual(await readTenure(site.db, "billing"), { service: "billing", role: "primary", epoch: 2 });
});

test("an orderly stop answers nothing; the next start goes on, and tells its address again", async () => {
  const stage = await createStage();
  const { target } = stage.sites;
  const heard = listenTo(target, stage.time);
  const opening = instruction({
    step: "open-holding",
    filters: policyDefaults.filters,
    directory: "/coeval/billing",
    sets: places,
    base: null,
  });
  assert.equal(failureOf(await heard.ask(opening)), null);
  const receive = instruction({ step: "receive-snapshots", base: null, peer, share });
  await target.instruct(receive);
  await stage.time.settle();
  assert.deepEqual(heard.reports.at(-1), [receive.id, { kind: "ready", address: "west:9000" }]);
  await stage.time.until(target.stop());
  assert.equal(heard.answers.length, 1);
  assert.equal((await readInstruction(target.db, receive.id))?.outcome, null);
  await target.start();
  await stage.time.settle();
  assert.deepEqual(
    heard.reports.map(([, report]) => report.kind),
    ["ready", "ready"],
  );
});

test("no end of a transfer begins before what it needs was done in its own run", async () => {
  const transfer = { base: null, peer, share };
  for (const order of [
    { step: "send-snapshots", ...transfer, address: "west:9000" },
    { step: "serve-snapshots", ...transfer },
    { step: "receive-snapshots", ...transfer },
    { step: "replicate-snapshots", ...transfer, address: "east:9000" },
  ] as const) {
    const stage = await createStage();
    const site = stage.sites[SIDES[order.step]];
    const outcome = await listenTo(site, stage.time).ask(instruction(order));
    assert.ok(!outcome.ok && outcome.failure.code === "protocol", order.step);
    assert.match(outcome.failure.message, new RegExp(`^${order.step} came before`));
    assert.deepEqual([stage.net.connections, site.target.written, site.source.calls], [[], [], []]);
  }
});

test("after a crash in the middle of a release nothing of its run goes on, and the release does", async () => {
  const { stage, site, heard } = await source();
  // A cluster that hangs: the step cannot be ended, so the release still waits for it when the process dies.
  site.source.fault = (call) => (call === "prepare" ? new Promise(() => undefined) : undefined);
  await site.instruct(takeAt(60_000));
  await site.instruct(releaseVoid());
  await stage.time.advance(500);
  site.crash();
  assert.equal((await listInstructions(site.db, "open")).length, 2);
  site.source.fault = null;
  const released = heard.answerTo("run-1/release/source");
  await site.start();
  assert.equal((await stage.time.until(released)).ok, true);
  await stage.time.advance(100_000);
  assert.deepEqual(
    heard.answers
      .map(([id, outcome]) => [id, failureOf(outcome)])
      .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
    [
      ["run-1/release/source", null],
      ["run-1/take-snapshots/source", "released"],
    ],
  );
  assert.deepEqual(site.source.calls, []);
});

test("a defect in a step is answered as one, and the executor goes on with others", async () => {
  const { site, heard } = await source();
  site.source.fault = (call) => {
    if (call === "prepare") throw new TypeError("undefined is not a function");
  };
  assert.equal(failureOf(await heard.ask(takeAt(2000))), "defect");
  site.source.fault = null;
  assert.equal((await heard.ask(takeAt(9000, { run: "run-2" }))).ok, true);
});

test("an agent that was not told yet how its cluster is reached can be stopped all the same", async () => {
  const { stage, site, heard } = await source();
  site.knowsCluster = false;
  await site.instruct(takeAt(2000));
  await stage.time.until(site.stop());
  assert.deepEqual(heard.answers, []);
  assert.equal((await listInstructions(site.db, "open")).length, 1);
});
