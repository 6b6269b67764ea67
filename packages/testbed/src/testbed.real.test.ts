/** The testbed against itself: real clusters come up, behave as HDFS does, survive what tests do to them, and leave
 * nothing behind however their starter ends. Takes about a minute. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Cluster } from "./cluster.ts";
import { startClusters, stopClusters } from "./clusters.ts";
import { hdfsCli, tryHdfsCli } from "./hdfs-cli.ts";
import { end, identify, isAlive, type ProcessIdentity } from "./process-identity.ts";
import { jmxBean } from "./ready.ts";

const MIB = 1024 * 1024;

describe("two clusters side by side", () => {
  const dir = mkdtempSync(join(tmpdir(), "testbed-"));
  let clusters: { east: Cluster; west: Cluster };

  before(async () => {
    const startedAt = Date.now();
    clusters = await startClusters({
      dir,
      clusters: {
        east: {
          groups: { alice: ["staff"] },
          blockSizeBytes: MIB,
          captureOpenFiles: true,
          dataNodeLocateDelayMs: 1,
        },
        west: { groups: { alice: ["staff"] }, blockSizeBytes: MIB, dataNodeCapacityBytes: 16 * MIB },
      },
    });
    console.log(`both ready after ${Date.now() - startedAt} ms; ${residentMib(clusters)} MiB resident`);
  });
  after(async () => {
    const daemons = daemonsOf(Object.values(clusters));
    await stopClusters(Object.values(clusters));
    assert.deepEqual(daemons.filter(isAlive), [], "stop() leaves no daemon");
    rmSync(dir, { recursive: true, force: true });
  });

  test("they are different clusters, configured as asked", async () => {
    const { east, west } = clusters;
    const ids = await Promise.all([east, west].map(clusterId));
    assert.equal(new Set(ids).size, 2);
    assert.equal(await effective(east, "dfs.namenode.snapshot.capture.openfiles"), "true");
    assert.equal(await effective(west, "dfs.namenode.snapshot.capture.openfiles"), "false");
    const delay = "dfs.client.block.write.locateFollowingBlock.initial.delay.ms";
    assert.equal(await effective(east, delay, "dataNode"), "1");
    assert.equal(await effective(west, delay, "dataNode"), "400");
  });

  test("users have their own rights", async () => {
    const { east } = clusters;
    await hdfsCli(east, ["dfs", "-mkdir", "/service"]);
    await hdfsCli(east, ["dfs", "-chown", "alice:staff", "/service"]);
    await hdfsCli(east, ["dfs", "-put", "-", "/service/a file"], { user: "alice", input: "hello" });
    const refused = await tryHdfsCli(east, ["dfs", "-touchz", "/service/mine"], { user: "bob" });
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /Permission denied: user=bob/);
    assert.match((await hdfsCli(east, ["groups", "alice"])).stdout, /alice : staff/);
  });

  test("DistCp copies from one to the other, with ACLs and extended attributes", async () => {
    const { east, west } = clusters;
    await hdfsCli(east, ["dfs", "-setfacl", "-m", "user:bob:r--", "/service/a file"]);
    await hdfsCli(east, ["dfs", "-setfattr", "-n", "user.origin", "-v", "east", "/service/a file"]);
    await hdfsCli(east, ["distcp", "-pugpax", "/service", `hdfs://${west.nameNodeRpc}/service`]);
    assert.equal((await hdfsCli(west, ["dfs", "-cat", "/service/a file"])).stdout, "hello");
    assert.match((await hdfsCli(west, ["dfs", "-getfacl", "/service/a file"])).stdout, /user:bob:r--/);
    assert.match(
      (await hdfsCli(west, ["dfs", "-getfattr", "-d", "/service/a file"])).stdout,
      /user\.origin="east"/,
    );
  });

  test("a killed NameNode and a killed DataNode come back on their ports with their data", async () => {
    const { east } = clusters;
    const before = daemonsOf([east]);
    const [dataNode] = east.dataNodeDaemons;
    assert.ok(dataNode);
    await Promise.all([east.nameNode.kill(), dataNode.kill()]);
    assert.deepEqual(before.filter(isAlive), []);
    assert.equal(await jmxBean(east.nameNodeHttp, "Hadoop:service=NameNode,name=FSNamesystemState"), null);
    await assert.rejects(east.ready(), /namenode has ended/);

    await Promise.all([east.nameNode.start(), dataNode.start()]);
    await east.ready();
    assert.equal(
      (await hdfsCli(east, ["dfs", "-cat", "/service/a file"], { user: "alice" })).stdout,
      "hello",
    );
  });

  test("a frozen NameNode answers nothing until it is thawed", async () => {
    const { east } = clusters;
    east.nameNode.freeze();
    assert.equal(await jmxBean(east.nameNodeHttp, "Hadoop:service=NameNode,name=FSNamesystemState"), null);
    east.nameNode.thaw();
    await east.ready();
  });

  test("a small DataNode takes what fits and refuses more", async () => {
    const { west } = clusters;
    await hdfsCli(west, ["dfs", "-put", "-", "/fits"], { input: new Uint8Array(6 * MIB) });
    const refused = await tryHdfsCli(west, ["dfs", "-put", "-", "/too-much"], {
      input: new Uint8Array(24 * MIB),
    });
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /could only be written to 0 of the 1 minReplication nodes/);
  });
});

describe("however the starter ends, nothing is left", () => {
  const dir = mkdtempSync(join(tmpdir(), "testbed-"));
  const started: ChildProcess[] = [];
  after(() => {
    for (const child of started) child.kill("SIGKILL");
    rmSync(dir, { recursive: true, force: true });
  });
  const testbed = (...args: string[]): ChildProcess => {
    const child = spawn(process.execPath, [ENTRY, ...args, "--dir", dir], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    started.push(child);
    return child;
  };

  test("kill -9 of `up` ends its daemons; the next `up --detach` goes on with the data; `down` ends it", async () => {
    const up = testbed("up");
    const first = await printed(up);
    assert.deepEqual(
      first.clusters.map((cluster) => cluster.name),
      ["east", "west"],
    );
    const daemons = first.clusters.flatMap(pidsOf).map(identified);
    assert.equal(daemons.length, 4);
    const second = testbed("up");
    assert.equal(await exitCode(second), 1, "a folder in use is refused");
    assert.ok(daemons.every(isAlive));

    up.kill("SIGKILL");
    await gone(daemons);

    const detached = testbed("up", "--detach", "--keep");
    const again = await printed(detached);
    assert.equal(await exitCode(detached), 0);
    const later = again.clusters.flatMap(pidsOf).map(identified);
    assert.equal(await exitCode(testbed("down")), 0);
    assert.deepEqual(later.filter(isAlive), []);
    assert.equal(await exitCode(testbed("down")), 0, "nothing to end is success");
  });

  test("Ctrl-C ends `up` with 130, while it starts and when it is up", async () => {
    const early = testbed("up", "--name", "solo");
    const [format] = await childrenOf(early);
    assert.ok(format);
    early.kill("SIGINT");
    assert.equal(await exitCode(early), 130);
    await gone([format]);

    const up = testbed("up", "--name", "solo");
    const daemons = (await printed(up)).clusters.flatMap(pidsOf).map(identified);
    assert.equal(daemons.length, 2);
    up.kill("SIGINT");
    assert.equal(await exitCode(up), 130);
    assert.deepEqual(daemons.filter(isAlive), []);
  });

  test("`down` ends daemons whose guard and starter were both killed", async () => {
    const up = testbed("up", "--name", "solo");
    const daemons = (await printed(up)).clusters.flatMap(pidsOf).map(identified);
    // Guards and their watchers: everything below `up` that is no JVM.
    const guards = (await childrenOf(up)).filter(
      (guard) => !daemons.some((daemon) => daemon.pid === guard.pid),
    );
    const watchers = guards.flatMap(({ pid }) => childPids(pid).map(identified));
    for (const each of [...guards, ...watchers]) {
      if (!daemons.some((daemon) => daemon.pid === each.pid)) await end(each, 0);
    }
    up.kill("SIGKILL");
    await exitCode(up);
    assert.ok(daemons.every(isAlive), "nobody is left to end them");
    assert.equal(await exitCode(testbed("down", "--remove")), 0);
    assert.deepEqual(daemons.filter(isAlive), []);
  });
});

const ENTRY = fileURLToPath(new URL("./detached.ts", import.meta.url));
const POLL_MS = 50;
const PATIENCE_MS = 30_000;

interface Printed {
  clusters: { name: string; pids: { nameNode: number; dataNodes: number[] } }[];
}

function pidsOf(cluster: Printed["clusters"][number]): number[] {
  return [cluster.pids.nameNode, ...cluster.pids.dataNodes];
}

function daemonsOf(clusters: readonly Cluster[]): ProcessIdentity[] {
  return clusters
    .flatMap((cluster) => [cluster.nameNode, ...cluster.dataNodeDaemons])
    .flatMap((daemon) => (daemon.process === null ? [] : [daemon.process]));
}

function identified(pid: number): ProcessIdentity {
  const identity = identify(pid);
  assert.ok(identity, `process ${pid} runs`);
  return identity;
}

/** The JSON that `up` prints once its clusters serve. */
async function printed(child: ChildProcess): Promise<Printed> {
  let text = "";
  for await (const chunk of child.stdout ?? []) {
    text += chunk;
    if (text.endsWith("}\n")) return JSON.parse(text) as Printed;
  }
  throw new Error(`up ended before its clusters were ready: ${text}`);
}

function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once("exit", resolve));
}

async function gone(processes: readonly ProcessIdentity[]): Promise<void> {
  await until(() => (processes.some(isAlive) ? null : true), "processes that should have ended still run");
}

/** The direct children of a process, once there are some. */
async function childrenOf(child: ChildProcess): Promise<ProcessIdentity[]> {
  const pids = await until(() => {
    const found = childPids(child.pid ?? 0);
    return found.length > 0 ? found : null;
  }, "the process started nothing");
  return pids.map(identified);
}

function childPids(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
}

async function until<T>(look: () => T | null, otherwise: string): Promise<T> {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += POLL_MS) {
    const found = look();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(otherwise);
}

async function clusterId(cluster: Cluster): Promise<unknown> {
  return (await jmxBean(cluster.nameNodeHttp, "Hadoop:service=NameNode,name=NameNodeInfo"))?.["ClusterId"];
}

/** A property as the running daemon has it. */
async function effective(
  cluster: Cluster,
  key: string,
  of: "nameNode" | "dataNode" = "nameNode",
): Promise<string> {
  const address = of === "nameNode" ? cluster.nameNodeHttp : cluster.dataNodes[0]?.http;
  const response = await fetch(`http://${address}/conf?name=${key}`, {
    headers: { accept: "application/json" },
  });
  return ((await response.json()) as { property: { value: string } }).property.value;
}

function residentMib(clusters: Record<string, Cluster>): number {
  const kib = daemonsOf(Object.values(clusters)).map(({ pid }) =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]),
  );
  return Math.round(kib.reduce((sum, each) => sum + each, 0) / 1024);
}
