/** What the cluster in memory does beyond the conformance suite: open files, faults, refusals, repeatability. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FileSystem } from "../hdfs/file-system.ts";
import { createHdfsTarget } from "../hdfs/target.ts";
import { createMemoryCluster, type MemoryCluster, type MemoryClusterOptions } from "./cluster.ts";
import { createTestWorld } from "./test-world.ts";

const cancel = new AbortController().signal;
const set = { name: "data", component: "hdfs", path: "/data" } as const;

function clusterWithData(options: Partial<MemoryClusterOptions> = {}): MemoryCluster {
  const cluster = createMemoryCluster(createTestWorld(), { name: "east", ...options });
  cluster.workload().write("/data/file", "content");
  cluster.workload().allowSnapshot("/data");
  return cluster;
}

const text = (bytes: Uint8Array | null): string => new TextDecoder().decode(bytes ?? new Uint8Array());
const textAt = (cluster: MemoryCluster, path: string): string => text(cluster.workload().read(path));
const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);

test("an open file grows inside the snapshot until it is closed or changed otherwise", async () => {
  const cluster = clusterWithData();
  const writer = cluster.workload().open("/data/log");
  writer.write(bytes("before"));
  await cluster.fs.createSnapshot("/data", "s", cancel);
  writer.write(bytes(" after"));
  assert.equal(textAt(cluster, "/data/.snapshot/s/log"), "before after");
  writer.close();
  cluster.workload().append("/data/log", " and appended");
  assert.equal(textAt(cluster, "/data/.snapshot/s/log"), "before after");
  const inSnapshot = await cluster.fs.status("/data/.snapshot/s/log", cancel);
  const stamp = await cluster.fs.status("/data/.snapshot/s", cancel);
  assert.ok(
    (inSnapshot?.mtimeMs ?? 0) > (stamp?.mtimeMs ?? 0),
    "its time gives it away: later than the snapshot",
  );
});

test("a change of its mode ends an open file's growing inside the snapshot", async () => {
  const cluster = clusterWithData();
  const writer = cluster.workload().open("/data/log");
  writer.write(bytes("before"));
  await cluster.fs.createSnapshot("/data", "s", cancel);
  cluster.workload().setMode("/data/log", 0o600);
  writer.write(bytes(" after"));
  writer.close();
  assert.equal(textAt(cluster, "/data/.snapshot/s/log"), "before");
  assert.equal(textAt(cluster, "/data/log"), "before after");
});

test("a cluster that captures open files keeps their length", async () => {
  const cluster = clusterWithData({ captureOpenFiles: true });
  const writer = cluster.workload().open("/data/log");
  writer.write(bytes("before"));
  await cluster.fs.createSnapshot("/data", "s", cancel);
  writer.write(bytes(" after"));
  writer.close();
  assert.equal(textAt(cluster, "/data/.snapshot/s/log"), "before");
  assert.equal(textAt(cluster, "/data/log"), "before after");
});

test("nested snapshottable directories are refused, and one with snapshots can be neither moved nor removed", async () => {
  const cluster = clusterWithData();
  const edits = cluster.workload();
  edits.makeDirectory("/data/inner");
  assert.throws(() => edits.allowSnapshot("/data/inner"), { code: "cluster-refused" });
  assert.throws(() => edits.allowSnapshot("/"), { code: "cluster-refused" });
  await cluster.fs.createSnapshot("/data", "s", cancel);
  assert.throws(() => edits.rename("/data", "/elsewhere"), { code: "cluster-refused" });
  assert.throws(() => edits.remove("/data"), { code: "cluster-refused" });
  assert.throws(() => edits.write("/data/.snapshot/s/file", "x"), { code: "cluster-refused" });
});

test("a snapshot removed underfoot is named when it is listed", async () => {
  const cluster = clusterWithData();
  const prepared = await cluster.source.prepare({ sets: [set], snapshotName: "coeval-a" }, cancel);
  await cluster.source.snapshot(prepared, cancel);
  assert.deepEqual(cluster.allSnapshots(), ["/data@coeval-a"]);
  cluster.removeSnapshot("/data", "coeval-a");
  await assert.rejects(Array.fromAsync(cluster.source.list(prepared, cancel)), { code: "set-missing" });
});

test("a rotten byte is read as it is: only a digest finds it", async () => {
  const cluster = clusterWithData();
  cluster.corrupt("/data/file", 3);
  assert.notEqual(textAt(cluster, "/data/file"), "content");
  assert.equal(textAt(cluster, "/data/file").length, "content".length);
});

test("full disks are told with their figures", async () => {
  const cluster = clusterWithData();
  const holding = { service: "s", directory: "/holding", run: "r", sets: [], basePoint: null };
  assert.equal((await cluster.target.open(holding, cancel)).freeBytes, cluster.names.remainingBytes);
  cluster.setRemainingBytes(5);
  const [, file] = await entriesOf(cluster);
  assert.ok(file);
  const write = cluster.target.write(
    holding,
    { top: 1, relative: "" },
    file,
    each([bytes("content")]),
    cancel,
  );
  await assert.rejects(write, { code: "secondary-full", message: /7 bytes to write, 5 of \d+ bytes left/ });
  cluster.setRemainingBytes(0);
  await assert.rejects(cluster.target.open(holding, cancel), { code: "secondary-full" });
});

test("a DataNode that is not counted for an instant does not make the secondary full", async () => {
  const { names, fs } = clusterWithData();
  const holding = { service: "s", directory: "/holding", run: "r", sets: [], basePoint: null };
  for (const uncounted of [1, 2]) {
    let asked = 0;
    const dipping: FileSystem = {
      ...fs,
      async state(signal) {
        const state = await fs.state(signal);
        return ++asked === uncounted ? { ...state, remainingBytes: 0 } : state;
      },
    };
    const target = createHdfsTarget(createTestWorld(), dipping);
    assert.equal((await target.open(holding, cancel)).freeBytes, names.remainingBytes);
    assert.equal(asked, 2);
  }
});

test("what cannot be carried over is refused by name", async () => {
  for (const [mark, code] of [
    ["encrypted", "encryption-zone"],
    ["erasureCoded", "unsupported"],
  ] as const) {
    const cluster = clusterWithData();
    cluster.mark("/data/file", mark);
    await assert.rejects(entriesOf(cluster), { code, message: /\/data\/file/ });
  }
});

test("an unreachable cluster is a status with its cause; safe mode refuses before any snapshot", async () => {
  const cluster = clusterWithData();
  cluster.setSafeMode(true);
  assert.equal((await cluster.source.probe(cancel)).safeMode, true);
  const request = { sets: [set], snapshotName: "coeval-a" };
  await assert.rejects(cluster.source.prepare(request, cancel), { code: "safe-mode" });
  cluster.setReachable(false);
  const status = await cluster.target.probe(cancel);
  assert.equal(status.reachable, false);
  assert.match(status.cause ?? "", /does not answer/);
  await assert.rejects(cluster.source.prepare(request, cancel), { code: "cluster-unreachable" });
});

test("an answer that is lost is asked for again, and the receipt spans both requests", async () => {
  const world = createTestWorld();
  const cluster = createMemoryCluster(world, { name: "east", latencyMs: [5, 5] });
  cluster.workload().makeDirectory("/data");
  cluster.workload().allowSnapshot("/data");
  const prepared = await cluster.source.prepare({ sets: [set], snapshotName: "coeval-a" }, cancel);
  const before = world.clock.elapsedMs();
  cluster.setReachable(false);
  const asked = cluster.source.snapshot(prepared, cancel);
  // The first request fails; by the second the cluster is back.
  await new Promise<void>((resolve) => queueMicrotask(resolve));
  await Promise.resolve().then(() => cluster.setReachable(true));
  const [taken] = await asked;
  assert.ok(
    taken && taken.firstSentElapsedMs >= before && taken.answeredElapsedMs > taken.firstSentElapsedMs,
  );
});

test("the same calls give the same history", async () => {
  const histories = await Promise.all(
    [1, 2].map(async () => {
      const cluster = clusterWithData({ latencyMs: [1, 9], pageEntries: 2 });
      for (let i = 0; i < 20; i++) cluster.workload().write(`/data/${i % 3}/${i}`, String(i));
      return await entriesOf(cluster);
    }),
  );
  assert.deepEqual(histories[0], histories[1]);
});

async function entriesOf(cluster: MemoryCluster) {
  const prepared = await cluster.source.prepare({ sets: [set], snapshotName: "coeval-x" }, cancel);
  await cluster.source.snapshot(prepared, cancel);
  return await Array.fromAsync(cluster.source.list(prepared, cancel));
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
