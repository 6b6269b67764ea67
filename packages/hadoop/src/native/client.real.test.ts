/** What only the native client can do, against a real cluster: the edit stream, leases, zones, erasure coding, safe mode,
 * effects that happen once although the answer was lost, and servers that are none. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createClock } from "@coeval/platform/clock";
import { createRandom } from "@coeval/platform/random";
import { createTcp } from "@coeval/platform/tcp";
import { type Cluster, startCluster } from "@coeval/testbed/cluster";
import { putFiles } from "@coeval/testbed/copy";
import { hdfsCli } from "@coeval/testbed/hdfs-cli";
import { bytes, collect, numbered, refused } from "../webhdfs/probes.ts";
import { createNativeHdfsClient, type NativeHdfsClient } from "./client.ts";
import { createCuttingTransport, type CuttingTransport } from "./cut-answers.ts";
import { parseServer } from "./endpoint.ts";

const BLOCK_BYTES = 1024 * 1024;
const FILE = { permission: 0o644, overwrite: false };
const KEY = "zone-key";

let cluster: Cluster;
let tcp: ReturnType<typeof createTcp>;
let streams: CuttingTransport;
let hdfs: NativeHdfsClient;
let bob: NativeHdfsClient;
const clients: NativeHdfsClient[] = [];

const clientOf = (user: string, address = cluster.nameNodeRpc): NativeHdfsClient => {
  const world = { clock: createClock(), random: createRandom(), streams };
  const options = { nameNodes: [parseServer(address)], identity: { kind: "simple", user } } as const;
  const client = createNativeHdfsClient(world, { ...options, connectMsMax: 5_000 });
  clients.push(client);
  return client;
};

before(async () => {
  const dir = new URL("../../../../.testbed/native-client", import.meta.url).pathname;
  const options = {
    blockSizeBytes: BLOCK_BYTES,
    groups: { alice: ["staff"] },
    coreSite: { "hadoop.security.key.provider.path": `jceks://file@${dir}/keys.jceks` },
    hdfsSite: { "dfs.namenode.list.openfiles.num.responses": "3" },
  };
  cluster = await startCluster({ name: "native-client", dir, options });
  tcp = createTcp();
  streams = createCuttingTransport(tcp);
  hdfs = clientOf("hdfs");
  bob = clientOf("bob");
});
after(async () => {
  for (const client of clients) client.close();
  tcp?.close();
  await cluster?.stop();
});

/** Looks again until `seen` is true of what it finds. */
async function until<T>(look: () => Promise<T>, seen: (value: T) => boolean): Promise<T> {
  const clock = createClock();
  for (let tries = 0; tries < 400; tries++) {
    const value = await look();
    if (seen(value)) return value;
    await clock.sleep(25);
  }
  throw new Error("it did not come to pass within 10 s");
}

describe("files without DataNodes' help", () => {
  test("blocks are located, for a range, for a page of a listing", async () => {
    await hdfs.mkdirs("/blocks/d", 0o755);
    await hdfs.create("/blocks/f", numbered(2 * BLOCK_BYTES + 7), FILE);
    const { blocks, fileLengthBytes, underConstruction } = await hdfs.getBlockLocations("/blocks/f", {
      offsetBytes: BLOCK_BYTES,
      lengthBytes: BLOCK_BYTES + 7,
    });
    assert.deepEqual(
      blocks.map((block) => [block.offsetBytes, block.lengthBytes, block.locations]),
      [
        [BLOCK_BYTES, BLOCK_BYTES, [cluster.dataNodes[0]?.transfer]],
        [2 * BLOCK_BYTES, 7, [cluster.dataNodes[0]?.transfer]],
      ],
    );
    assert.deepEqual([fileLengthBytes, underConstruction], [2 * BLOCK_BYTES + 7, false]);
    const { entries, remaining } = await hdfs.listLocatedPage("/blocks", "");
    assert.deepEqual(
      entries.map(({ name, blocks: found }) => [name, found?.blocks.length ?? null]),
      [
        ["d", null],
        ["f", 3],
      ],
    );
    assert.equal(remaining, 0);
    const range = { offsetBytes: 0, lengthBytes: 1 };
    await refused(hdfs.getBlockLocations("/blocks/none", range), "notFound");
    await refused(hdfs.listLocatedPage("/blocks/f", ""), "notADirectory");
  });

  test("a file is cut at and inside a block, and files are joined", async () => {
    assert.equal(await hdfs.truncate("/blocks/f", 2 * BLOCK_BYTES), true);
    assert.equal((await hdfs.getFileStatus("/blocks/f")).lengthBytes, 2 * BLOCK_BYTES);
    assert.equal(await hdfs.truncate("/blocks/f", 10), false);
    await until(() => hdfs.isFileClosed("/blocks/f"), Boolean);
    assert.equal((await hdfs.getFileStatus("/blocks/f")).lengthBytes, 10);
    for (const name of ["one", "two", "three"]) await hdfs.create(`/blocks/${name}`, bytes(name), FILE);
    await hdfs.concat("/blocks/one", ["/blocks/two", "/blocks/three"]);
    assert.equal((await hdfs.getFileStatus("/blocks/one")).lengthBytes, "onetwothree".length);
    await refused(hdfs.getFileStatus("/blocks/two"), "notFound");
  });

  test("a file whose writer is gone is found, and ended by recovery", async () => {
    const writer = clientOf("alice");
    await hdfs.mkdirs("/leases/a", 0o777);
    await hdfs.mkdirs("/leases/ab", 0o777);
    const left = [];
    for (let index = 0; index < 5; index++)
      left.push(await writer.openNew(`/leases/a/open${index}`, { permission: 0o644, overwrite: false }));
    left.push(await writer.openNew("/leases/ab/other", { permission: 0o644, overwrite: false }));
    // More than one answer of three.
    const open = await collect(hdfs.listOpenFiles("/leases/a"));
    assert.deepEqual(
      open.map(({ path }) => path).toSorted(),
      Array.from({ length: 5 }, (_, index) => `/leases/a/open${index}`),
    );
    // Not a superuser: by walking.
    const walked = await collect(bob.listOpenFiles("/leases/a"));
    assert.deepEqual(
      walked.map(({ path }) => path),
      open.map(({ path }) => path).toSorted(),
    );
    assert.equal(await hdfs.isFileClosed("/leases/a/open0"), false);
    await refused(hdfs.append("/leases/a/open0", bytes("x")), "leaseConflict");
    for (const { path } of open)
      if (!(await hdfs.recoverLease(path))) await until(() => hdfs.isFileClosed(path), Boolean);
    assert.deepEqual(await collect(hdfs.listOpenFiles("/leases/a")), []);
    assert.deepEqual(
      (await collect(hdfs.listOpenFiles("/leases"))).map(({ path }) => path),
      ["/leases/ab/other"],
    );
    await Promise.all(left.map((file) => file.abandon().catch(() => null)));
  });
});

describe("the edit stream", () => {
  test("tells every change from a transaction on, in order", async () => {
    const before = await hdfs.getCurrentTxid();
    await hdfs.mkdirs("/edits", 0o755);
    await hdfs.create("/edits/f", bytes("12345"), FILE);
    await hdfs.setPermission("/edits/f", 0o600);
    await hdfs.setTimes("/edits/f", { modificationTimeMs: 5 });
    await hdfs.rename("/edits/f", "/edits/g", { overwrite: false });
    await hdfs.append("/edits/g", bytes("6"));
    await hdfs.delete("/edits/g", { recursive: false });
    const events = [];
    let next = before + 1;
    for (const wanted = await hdfs.getCurrentTxid(); next <= wanted; ) {
      const page = await hdfs.getEdits(next);
      assert.ok(page.batches.every(({ txid }) => txid >= next));
      for (const batch of page.batches) events.push(...batch.events);
      if (page.lastTxid === null) break;
      next = page.lastTxid + 1;
    }
    const told = events.map((event) =>
      event.type === "metadata" ? `${event.what} ${event.path}` : `${event.type} ${event.path}`,
    );
    assert.deepEqual(told, [
      "create /edits",
      "create /edits/f",
      "close /edits/f",
      "permission /edits/f",
      "times /edits/f",
      "rename /edits/f",
      "append /edits/g",
      "close /edits/g",
      "delete /edits/g",
    ]);
    const closed = events.flatMap((event) => (event.type === "close" ? [event.lengthBytes] : []));
    assert.deepEqual(closed, [5, 6]);
    await refused(bob.getEdits(before), "accessControl");
    assert.deepEqual((await hdfs.getEdits(next + 1_000)).batches, []);
  });
});

describe("the cluster", () => {
  test("says who it is and how it stands", async () => {
    const { liveDataNodes } = await bob.getClusterInfo();
    assert.equal(liveDataNodes, null, "only superusers are told");
    const { liveDataNodes: unasked, ...light } = await hdfs.getClusterInfo(undefined, { dataNodes: false });
    assert.equal(unasked, null, "not asked");
    assert.equal(light.softwareVersion, (await hdfs.getClusterInfo()).softwareVersion);
    const info = await hdfs.getClusterInfo();
    assert.match(info.clusterId, /^CID-/);
    assert.match(info.blockPoolId, /^BP-\d+-/);
    assert.deepEqual([info.softwareVersion, info.haState, info.safeMode], ["3.4.2", "active", null]);
    assert.deepEqual(
      info.liveDataNodes?.map((node) => [node.http, node.transfer]),
      cluster.dataNodes.map((node) => [node.http, node.transfer]),
    );
    assert.ok(info.capacityRemainingBytes > 0);
    const identity = await bob.getNamespaceIdentity();
    assert.equal(identity.clusterId, info.clusterId);
    assert.ok(identity.namespaceId > 0);
    assert.deepEqual(await hdfs.getDataNodes("dead"), []);
    assert.equal((await hdfs.getDataNodes("all")).length, 1);
    assert.equal((await bob.getServerDefaults()).blockSizeBytes, BLOCK_BYTES);
    await refused(bob.getConfiguration("dfs.replication"), "unsupported");
  });

  test("in safe mode refuses changes, and says what to do", async () => {
    assert.equal(await hdfs.enterSafeMode(), true);
    assert.equal(await hdfs.isInSafeMode(), true);
    const refusal = await hdfs.mkdirs("/safe", 0o755).catch((error: unknown) => String(error));
    assert.match(String(refusal), /dfsadmin -safemode leave.*\(safeMode\)/);
    await refused(bob.leaveSafeMode(), "accessControl");
    assert.equal(await hdfs.leaveSafeMode(), false);
    await hdfs.mkdirs("/safe", 0o755);
  });

  test("erasure coding policies are told, enabled, set and unset", async () => {
    const names = (await bob.getErasureCodingPolicies()).map(({ name }) => name);
    assert.ok(names.includes("RS-6-3-1024k") && names.includes("XOR-2-1-1024k"), names.join());
    await hdfs.mkdirs("/coded", 0o755);
    assert.equal(await hdfs.getErasureCodingPolicy("/coded"), null);
    await hdfs.enableErasureCodingPolicy("XOR-2-1-1024k");
    await hdfs.setErasureCodingPolicy("/coded", "XOR-2-1-1024k");
    const policy = await hdfs.getErasureCodingPolicy("/coded");
    assert.deepEqual(
      [policy?.codec, policy?.dataUnits, policy?.parityUnits, policy?.cellBytes],
      ["xor", 2, 1, 1 << 20],
    );
    const status = await hdfs.getFileStatus("/coded");
    assert.deepEqual([status.erasureCoded, status.ecPolicy], [true, "XOR-2-1-1024k"]);
    await hdfs.unsetErasureCodingPolicy("/coded");
    assert.equal(await hdfs.getErasureCodingPolicy("/coded"), null);
    await refused(hdfs.unsetErasureCodingPolicy("/coded"), "notFound");
  });
});

describe("effects happen once, although the answer was lost", () => {
  test("a deletion still says that something was there", async () => {
    await hdfs.mkdirs("/once/gone", 0o755);
    const { connections } = streams;
    streams.cutNextAnswer();
    assert.equal(await hdfs.delete("/once/gone", { recursive: true }), true);
    assert.ok(streams.connections > connections, "the connection was made anew");
  });

  test("a snapshot, a rename, an exclusive creation do not find themselves in the way", async () => {
    await hdfs.mkdirs("/once/root", 0o755);
    await hdfs.allowSnapshot("/once/root");
    streams.cutNextAnswer();
    assert.equal(await hdfs.createSnapshot("/once/root", "s"), "/once/root/.snapshot/s");
    streams.cutNextAnswer();
    await hdfs.renameSnapshot("/once/root", "s", "t");
    await hdfs.mkdirs("/once/a", 0o755);
    streams.cutNextAnswer();
    await hdfs.rename("/once/a", "/once/b", { overwrite: false });
    streams.cutNextAnswer();
    const file = await hdfs.openNew("/once/f", { ...FILE, replication: 1, blockSizeBytes: BLOCK_BYTES });
    await file.close();
    assert.equal((await hdfs.getFileStatus("/once/f")).lengthBytes, 0);
    await refused(hdfs.createSnapshot("/once/root", "t"), "snapshotExists");
  });

  test("calls of others on the lost connection are answered as well", async () => {
    const names = Array.from({ length: 200 }, (_, index) => `/once/many${index}`);
    await Promise.all(names.map((name) => hdfs.mkdirs(name, 0o755)));
    streams.cutNextAnswer();
    const gone = await Promise.all(names.map((name) => hdfs.delete(name, { recursive: false })));
    assert.ok(gone.every(Boolean));
  });
});

describe("servers that are none", () => {
  test("are named as such", async () => {
    await refused(clientOf("hdfs", cluster.nameNodeHttp).getFileStatus("/"), "notANameNode");
    await refused(clientOf("hdfs", cluster.dataNodes[0]?.ipc).getFileStatus("/"), "notANameNode");
    await refused(
      clientOf("hdfs", cluster.dataNodes[0]?.transfer).getFileStatus("/"),
      "notANameNode",
      "connectionLost",
    );
    await refused(clientOf("hdfs", "127.0.0.1:1").getFileStatus("/"), "unreachable");
    await refused(clientOf("hdfs", "no-such-host.invalid:8020").getFileStatus("/"), "unreachable");
  });

  test("a NameNode that died is said to be unreachable, and found again", async () => {
    await hdfs.getFileStatus("/");
    await cluster.nameNode.kill();
    await refused(hdfs.getFileStatus("/"), "unreachable", "connectionLost");
    await cluster.nameNode.start();
    await cluster.ready();
    assert.equal((await hdfs.getFileStatus("/once/f")).lengthBytes, 0);
  });
});

describe("an encryption zone", () => {
  test("is named, and nothing in it is taken for plain", async () => {
    await hdfsCli(cluster, ["key", "create", KEY]);
    // The NameNode reads the keys at its start.
    await cluster.nameNode.kill();
    await cluster.nameNode.start();
    await cluster.ready();
    await hdfs.mkdirs("/zone", 0o755);
    await hdfs.createEncryptionZone("/zone", KEY);
    assert.deepEqual((await hdfs.getEncryptionZone("/zone"))?.keyName, KEY);
    assert.equal((await hdfs.getEncryptionZone("/zone/below"))?.path, "/zone");
    assert.equal(await hdfs.getEncryptionZone("/"), null);
    assert.deepEqual(
      (await collect(hdfs.listEncryptionZones())).map(({ path }) => path),
      ["/zone"],
    );
    assert.equal((await hdfs.getFileStatus("/zone")).encrypted, true);
    await refused(hdfs.create("/zone/f", bytes("plain"), FILE), "encryptionZone");
    await refused(hdfs.getFileStatus("/zone/f"), "notFound");
    // A file that holds ciphertext, written by a client that has the key.
    await putFiles(cluster, "/zone/java", new Map([["f", bytes("secret")]]));
    const range = { offsetBytes: 0, lengthBytes: 6 };
    await refused(collect(hdfs.open("/zone/java/f", range)), "encryptionZone");
    await refused(hdfs.append("/zone/java/f", bytes("plain")), "encryptionZone");
    await refused(
      hdfs.create("/zone/java/f", bytes("plain"), { ...FILE, overwrite: true }),
      "encryptionZone",
    );
    const { stdout } = await hdfsCli(cluster, ["dfs", "-cat", "/zone/java/f"]);
    assert.equal(stdout, "secret");
    assert.equal(await bob.getTrashRoot("/zone/x"), "/zone/.Trash/bob");
  });
});
