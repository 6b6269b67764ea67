import assert from "node:assert/strict";
import { test } from "node:test";
import { policyDefaults } from "@coeval/core/model/policy";
import type { Instruction } from "@coeval/core/protect/instruction";
import { chanceOf } from "@coeval/core/testing/chance";
import { inOrder, randomTree, type Tree } from "@coeval/core/testing/trees";
import { listSnapshots } from "@coeval/store/agent/snapshots";
import { readInstruction } from "@coeval/store/agent/journal";
import { BEGIN_MS, createFakeTime } from "./testing/fake-time.ts";
import { createFakeNet } from "./testing/fake-network.ts";
import { createFakeServer } from "./testing/fake-server.ts";
import { createSite, measure, type Site } from "./testing/site.ts";
import { createStage, listenTo, setsOf, type Stage } from "./testing/stage.ts";
import type { SnapshotNote } from "./snapshot.ts";

const tree = [1, 2, 3, 4, 5, 6]
  .map((seed) => randomTree(chanceOf(seed), 12))
  .find((one) => inOrder(one).some((entry) => entry.open)) as Tree;

function takeAt(momentMs: number, clockErrorMsMax = 50): Instruction {
  const sets = setsOf(tree).map((name) => ({ name, component: "hdfs" as const, path: `/data/${name}` }));
  const moment = BEGIN_MS + momentMs;
  return {
    id: "run-1/take-snapshots/source",
    run: "run-1",
    service: "billing",
    cluster: "east",
    role: "primary",
    epoch: 1,
    identity: { clusterId: "CID-east", namespaceId: "1" },
    order: {
      step: "take-snapshots",
      filters: policyDefaults.filters,
      moment,
      sets,
      snapshotName: "coeval-run-1",
      clockErrorMsMax,
    },
  };
}

async function source(): Promise<{ stage: Stage; site: Site; heard: ReturnType<typeof listenTo> }> {
  const stage = await createStage();
  const site = stage.sites.source;
  site.source.tree = tree;
  return { stage, site, heard: listenTo(site, stage.time) };
}

const failureOf = (outcome: Awaited<ReturnType<ReturnType<typeof listenTo>["ask"]>>) =>
  outcome.ok ? null : outcome.failure.code;

/** Takes at 3 s of true time, the clock measured just before with this error and offset from the truth. */
async function take(momentMs: number, tripMs: number, wrongByMs: number, snapshotMs = 4) {
  const { stage, site, heard } = await source();
  site.source.snapshotMs = snapshotMs;
  await stage.time.advance(100);
  const elapsed = stage.time.clock().elapsedMs();
  site.clock.reset("control:other");
  site.clock.measured(elapsed - tripMs, elapsed, BEGIN_MS + stage.time.nowMs - tripMs / 2 + wrongByMs);
  let firedAtMs = 0;
  site.source.fault = (call) => {
    if (call === "snapshot") firedAtMs = stage.time.nowMs;
  };
  const outcome = await heard.ask(takeAt(momentMs));
  assert.ok(outcome.ok && outcome.result.step === "take-snapshots", JSON.stringify(outcome));
  return { firedAtMs, result: outcome.result, heard };
}

test("the snapshot is fired when the source's clock has surely passed the moment, and no later than twice the error after it", async () => {
  for (const tripMs of [0.2, 1, 10, 60]) {
    for (const wrong of [-1, 0, 1]) {
      const { firedAtMs, result } = await take(3000, tripMs, (wrong * tripMs) / 2);
      const errorMs = tripMs / 2 + 3.1 * 0.5;
      assert.ok(firedAtMs >= 3000, `fired ${3000 - firedAtMs} ms before the moment`);
      assert.ok(firedAtMs <= 3000 + 2 * errorMs + 1, `fired ${firedAtMs - 3000} ms after it`);
      const [receipt] = result.receipts;
      assert.ok(receipt);
      assert.ok(receipt.earliest >= BEGIN_MS + 3000, "no receipt begins before the moment");
      assert.ok(receipt.earliest <= BEGIN_MS + firedAtMs && receipt.latest >= BEGIN_MS + firedAtMs + 4);
    }
  }
});

test("a request that takes long widens its receipt, also by what the clocks may have drifted meanwhile", async () => {
  const { firedAtMs, result } = await take(3000, 1, 0, 20_000);
  const [receipt] = result.receipts;
  assert.ok(receipt);
  assert.ok(
    receipt.latest >= BEGIN_MS + firedAtMs + 20_000 * 1.0005,
    `${receipt.latest - BEGIN_MS - firedAtMs}`,
  );
});

test("the evidence of the clock is the worst of before, at and after the moment", async () => {
  const { result, heard } = await take(3000, 2, 0);
  assert.equal(result.clock.source, "control:other");
  assert.ok(result.clock.errorMs >= 1 && result.clock.errorMs < 3);
  assert.equal(result.clock.stepMs, 0);
  assert.deepEqual(result.identity, { clusterId: "CID-east", namespaceId: "1" });
  assert.deepEqual(
    heard.reports.map(([, report]) => report.kind),
    ["armed"],
  );
});

test("open files are listed with their lengths, and the journal keeps what later steps need", async () => {
  const { site, heard } = await source();
  const outcome = await heard.ask(takeAt(1500));
  const open = inOrder(tree).filter((entry) => entry.open);
  assert.ok(open.length > 0 && outcome.ok && outcome.result.step === "take-snapshots");
  assert.deepEqual(outcome.result.openFiles, { kind: "listed", count: open.length, why: null });
  const note = (await readInstruction(site.db, "run-1/take-snapshots/source"))?.note as SnapshotNote;
  assert.equal(note.prepared.snapshotName, "coeval-run-1");
  assert.ok(note.openFiles?.kind === "listed" && note.openFiles.files.length === open.length);
});

test("an unmeasured clock, or one known too badly, is refused before any snapshot", async () => {
  const unmeasured = await source();
  unmeasured.site.clock.reset("control:never heard of");
  assert.equal(failureOf(await unmeasured.heard.ask(takeAt(2000))), "clock-unproven");
  const wide = await source();
  assert.equal(failureOf(await wide.heard.ask(takeAt(2000, 0.4))), "clock-unproven");
  // Known well enough when it was armed, it ages until the moment.
  const aged = await source();
  assert.equal(failureOf(await aged.heard.ask(takeAt(60_000, 10))), "clock-unproven");
  for (const { site } of [unmeasured, wide, aged]) assert.deepEqual(site.source.calls, []);
});

test("a moment that has passed once everything is ready is missed: no snapshot is taken late", async () => {
  const past = await source();
  await past.stage.time.advance(2000);
  measure(past.site.clock, past.stage.time.clock().elapsedMs(), past.stage.time);
  assert.equal(failureOf(await past.heard.ask(takeAt(1999))), "moment-missed");
  const slow = await source();
  const clock = slow.stage.time.clock();
  slow.site.source.fault = (call) => (call === "prepare" ? clock.sleep(3000) : undefined);
  assert.equal(failureOf(await slow.heard.ask(takeAt(2000))), "moment-missed");
  assert.deepEqual(slow.site.source.calls, []);
  assert.ok(slow.heard.reports.every(([, report]) => report.kind !== "armed"));
});

test("another cluster than the registered one, one in safe mode, one that is down: no snapshot", async () => {
  for (const [change, code] of [
    [{ identity: { clusterId: "CID-other", namespaceId: "1" } }, "cluster-identity"],
    [{ safeMode: true }, "safe-mode"],
    [{ reachable: false, cause: "Connection refused" }, "cluster-unreachable"],
  ] as const) {
    const { site, heard } = await source();
    Object.assign(site.source.status, change);
    assert.equal(failureOf(await heard.ask(takeAt(2000))), code);
    assert.deepEqual(site.source.calls, []);
  }
});

test("killed while armed, the agent misses the moment, whether it is back before it or after", async () => {
  for (const downMs of [500, 9000]) {
    const { stage, site, heard } = await source();
    void site.instruct(takeAt(5000));
    await stage.time.advance(1000);
    assert.equal(heard.reports.at(-1)?.[1].kind, "armed");
    site.crash();
    await stage.time.advance(downMs);
    const answer = heard.answerTo("run-1/take-snapshots/source");
    await site.start();
    assert.equal(failureOf(await stage.time.until(answer)), "moment-missed");
    assert.deepEqual(site.source.calls, []);
    // What it may have made is accounted for, taken or not.
    assert.deepEqual(
      (await listSnapshots(site.db, "billing")).map(({ run, state }) => [run, state]),
      [["run-1", "live"]],
    );
  }
});

test("killed while the snapshot was being taken, it does not take another: the run is void and the snapshot known", async () => {
  const { stage, site, heard } = await source();
  site.crashAt = (call) => call === "openFiles";
  void site.instruct(takeAt(2000));
  await stage.time.advance(3000);
  assert.deepEqual(site.source.calls, ["snapshot coeval-run-1"]);
  site.crashAt = null;
  const answer = heard.answerTo("run-1/take-snapshots/source");
  await site.start();
  assert.equal(failureOf(await stage.time.until(answer)), "moment-missed");
  assert.deepEqual(site.source.calls, ["snapshot coeval-run-1"]);
  assert.equal((await listSnapshots(site.db, "billing")).length, 1);
});

test("killed before it was armed, it goes on and takes the snapshot", async () => {
  const { stage, site, heard } = await source();
  site.crashAt = (call) => call === "prepare";
  void site.instruct(takeAt(5000));
  await stage.time.advance(100);
  site.crashAt = null;
  const answer = heard.answerTo("run-1/take-snapshots/source");
  await site.start();
  assert.equal((await stage.time.until(answer)).ok, true);
  assert.deepEqual(site.source.calls, ["snapshot coeval-run-1"]);
});

/** A source whose clock is an NTP server; the control device's own view of it is true, and comes over the link. */
async function withServer() {
  const time = createFakeTime();
  const server = createFakeServer(time, time.clock());
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const servers = { open: server.open, log, localUrl: null };
  const site = await createSite(createFakeNet(), time, "east", servers);
  site.source.tree = tree;
  site.clock.reset("ntp://time.example");
  const overLink = (): void => {
    const elapsed = time.clock().elapsedMs();
    site.clock.measured(elapsed - 1, elapsed, BEGIN_MS + time.nowMs - 0.5);
  };
  return { time, server, site, overLink, heard: listenTo(site, time) };
}

test("with an NTP server as the clock the receipt names who answered, read within 10 s before the moment and again after it", async () => {
  const { time, server, overLink, heard } = await withServer();
  await time.advance(1000);
  overLink();
  const outcome = await heard.ask(takeAt(41_000));
  assert.ok(outcome.ok && outcome.result.step === "take-snapshots", JSON.stringify(outcome));
  const { clock, receipts } = outcome.result;
  assert.equal(clock.source, "ntp://time.example");
  assert.deepEqual(clock.server, { address: "10.0.0.5:123", referenceId: "C0000201", stratum: 3 });
  assert.ok(clock.errorMs < 4 && clock.stepMs <= 2 * clock.errorMs);
  assert.ok((receipts[0]?.earliest ?? 0) >= BEGIN_MS + 41_000);
  const asked = server.asked.map(([, atMs]) => atMs);
  assert.ok(asked.filter((ms) => ms > 31_000 && ms < 41_000).length >= 4, "closely before");
  assert.ok(
    asked.some((ms) => ms >= 41_000 && ms < 51_000),
    "and after",
  );
});

test("a server that is 2 s off is found out before anything is taken, with the figures", async () => {
  const { time, server, site, overLink, heard } = await withServer();
  server.aheadMs = 2000;
  await time.advance(1000);
  overLink();
  const outcome = await heard.ask(takeAt(8000));
  assert.ok(!outcome.ok && outcome.failure.code === "clock-off", JSON.stringify(outcome));
  assert.match(
    outcome.failure.message,
    /10\.0\.0\.5:123 is (1999|2000)\.\d+ ms ± [0-3]\.\d+ ms from the control device's, allowed are 50 ms/,
  );
  assert.deepEqual(await listSnapshots(site.db, "billing"), []);
});

test("a server that was not read within 10 s before the moment proves nothing at it", async () => {
  const { time, server, overLink, heard } = await withServer();
  await time.advance(20_000);
  overLink();
  server.silent = "no answer within 2000 ms";
  const outcome = await heard.ask(takeAt(40_000));
  assert.ok(!outcome.ok && outcome.failure.code === "clock-unproven");
  assert.match(
    outcome.failure.message,
    /was read 2\d{4} ms before the moment, allowed are 10000 ms: no answer/,
  );
});

test("a server that does not answer after the moment leaves it unproven", async () => {
  const { time, server, site, overLink, heard } = await withServer();
  await time.advance(1000);
  overLink();
  site.source.fault = (call) => {
    if (call === "snapshot") server.silent = "no answer within 2000 ms";
  };
  const outcome = await heard.ask(takeAt(5000));
  assert.ok(!outcome.ok && outcome.failure.code === "clock-source", JSON.stringify(outcome));
});

test("the cluster's own clock is told from its stamps, and lies within the bound", async () => {
  const { time, site, overLink, heard } = await withServer();
  site.source.stampAheadMs = 750.25;
  await time.advance(1000);
  overLink();
  await heard.ask(takeAt(5000));
  const offset = site.clusterClock.offset();
  assert.ok(
    offset && Math.abs(offset.offsetMs - 750.25) <= offset.errorMs && offset.errorMs < 8,
    JSON.stringify(offset),
  );
  await time.advance(10_000);
  assert.ok((site.clusterClock.offset()?.ageMs ?? 0) >= 10_000);
  site.clock.reset("control:1");
  assert.equal(site.clusterClock.offset(), null, "against another clock nothing is known yet");
});
