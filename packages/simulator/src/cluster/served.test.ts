import assert from "node:assert/strict";
import { test } from "node:test";
import { createMemoryCluster } from "@coeval/drivers/memory/cluster";
import { drain } from "../drain.ts";
import { createClock, createTimepiece } from "../world/clock.ts";
import { createLife } from "../world/life.ts";
import { createLogBook } from "../world/log.ts";
import { seedOf } from "../world/seed.ts";
import { createTimeline } from "../world/timeline.ts";
import { type Call, type ClusterFaults, NO_CLUSTER_FAULTS, serve } from "./served.ts";

function setUp(faults: ClusterFaults) {
  const timeline = createTimeline(drain);
  const life = createLife("west", () => undefined);
  const seed = seedOf(1);
  const clock = createClock(timeline, createTimepiece(0, 0, 0), life, seed);
  const cluster = createMemoryCluster(
    { clock, random: seed, log: createLogBook(timeline).of(life) },
    { name: "west" },
  );
  const calls: Call[] = [];
  const fs = serve(cluster.fs, life, {
    cluster: "west",
    timeline,
    seed,
    latencyMs: [2, 4],
    faults: () => faults,
    watch: (call) => calls.push(call),
  });
  return { timeline, life, cluster, fs, calls, pass: () => timeline.run(() => false, timeline.nowMs + 100) };
}

const NEVER = new AbortController().signal;

test("a request takes effect on its way, and is answered later", async () => {
  const { timeline, cluster, fs, calls, pass } = setUp(NO_CLUSTER_FAULTS);
  const sentMs = timeline.nowMs;
  let answeredMs = 0;
  void fs.makeDirectory("/a", 0o755, NEVER).then(() => (answeredMs = timeline.nowMs));
  assert.equal(cluster.workload().exists("/a"), false);
  await pass();
  assert.ok(cluster.workload().exists("/a"));
  const [call] = calls;
  assert.ok(call && sentMs < call.atMs && call.atMs < answeredMs);
});

test("a request whose sender died goes its way", async () => {
  const { life, cluster, fs, pass } = setUp(NO_CLUSTER_FAULTS);
  let answered = false;
  void fs.makeDirectory("/a", 0o755, NEVER).finally(() => (answered = true));
  life.crash();
  await pass();
  assert.ok(cluster.workload().exists("/a"));
  assert.equal(answered, false);
});

test("a lost answer is a failure that took effect, a lost request one that did not", async () => {
  for (const [faults, made] of [
    [{ ...NO_CLUSTER_FAULTS, answerLost: 1 }, true],
    [{ ...NO_CLUSTER_FAULTS, requestLost: 1 }, false],
  ] as const) {
    const { cluster, fs, pass } = setUp(faults);
    const failed = assert.rejects(fs.makeDirectory("/a", 0o755, NEVER), { code: "unreachable" });
    await pass();
    await failed;
    assert.equal(cluster.workload().exists("/a"), made);
  }
});

test("what is cancelled on its way may take effect all the same", async () => {
  for (const lateEffects of [true, false]) {
    const { cluster, fs, pass } = setUp({ ...NO_CLUSTER_FAULTS, lateEffects });
    const cancel = new AbortController();
    const failed = assert.rejects(fs.makeDirectory("/a", 0o755, cancel.signal), /enough/);
    cancel.abort(new Error("enough"));
    await pass();
    await failed;
    assert.equal(cluster.workload().exists("/a"), lateEffects);
  }
});
