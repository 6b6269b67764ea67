/** Bytes over WebHDFS against a real cluster, and what the client says of servers that are dead or others. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createClock } from "@coeval/platform/clock";
import { type NodeHttp, nodeHttp } from "@coeval/platform/http";
import { createRandom } from "@coeval/platform/random";
import { type Cluster, startCluster } from "@coeval/testbed/cluster";
import type { HdfsClient } from "../hdfs/client.ts";
import { createWebHdfsClient } from "./client.ts";
import { parseEndpoint } from "./endpoint.ts";
import { bytes, collect, contentOf, numbered, refused, textOf } from "./probes.ts";

const BLOCK_BYTES = 1024 * 1024;
const FILE = { permission: 0o644, overwrite: false };

let cluster: Cluster;
let http: NodeHttp;
let hdfs: HdfsClient;
let bob: HdfsClient;

const clientOf = (user: string, address = cluster.nameNodeHttp): HdfsClient =>
  createWebHdfsClient(
    { clock: createClock(), random: createRandom(), http },
    { nameNode: parseEndpoint(address), identity: { kind: "simple", user }, silenceMsMax: 20_000 },
  );

before(async () => {
  const dir = new URL("../../../../.testbed/webhdfs-content", import.meta.url).pathname;
  const options = { blockSizeBytes: BLOCK_BYTES, dataNodeLocateDelayMs: 1 };
  cluster = await startCluster({ name: "webhdfs-content", dir, options });
  http = nodeHttp();
  hdfs = clientOf("hdfs");
  bob = clientOf("bob");
});
after(async () => {
  http?.close();
  await cluster?.stop();
});

/** Looks again until `seen` is true of what it finds. */
async function until<T>(look: () => Promise<T>, seen: (value: T) => boolean): Promise<T> {
  const clock = createClock();
  for (let tries = 0; tries < 200; tries++) {
    const value = await look();
    if (seen(value)) return value;
    await clock.sleep(25);
  }
  throw new Error("it did not come to pass within 5 s");
}

describe("content", () => {
  test("ranges of a file of several blocks are read exactly", async () => {
    const content = numbered(2 * BLOCK_BYTES + 1234);
    await hdfs.mkdirs("/content", 0o755);
    assert.equal(await hdfs.create("/content/f", content, FILE), content.length);
    assert.deepEqual(await contentOf(hdfs, "/content/f", 0, content.length), content);
    for (const [offset, length] of [
      [0, 1],
      [BLOCK_BYTES - 1, 2],
      [BLOCK_BYTES, 10],
      [content.length - 1, 1],
    ] as const) {
      const part = await contentOf(hdfs, "/content/f", offset, length);
      assert.deepEqual(part, content.subarray(offset, offset + length));
    }
    const { blocks, fileLengthBytes, underConstruction } = await hdfs.getBlockLocations("/content/f", {
      offsetBytes: 0,
      lengthBytes: content.length,
    });
    assert.deepEqual(
      blocks.map(({ lengthBytes }) => lengthBytes),
      [BLOCK_BYTES, BLOCK_BYTES, 1234],
    );
    assert.deepEqual([fileLengthBytes, underConstruction], [content.length, false]);
  });

  test("a range beyond the file's end is an error, not a short read", async () => {
    await hdfs.create("/content/short", bytes("0123456789"), FILE);
    await refused(contentOf(hdfs, "/content/short", 5, 6), "truncated");
    await refused(contentOf(hdfs, "/content/short", 10, 1), "invalidRange");
    assert.equal((await contentOf(hdfs, "/content/short", 10, 0)).length, 0);
  });

  test("an empty file, a stream, an overwrite, an append, a cut", async () => {
    assert.equal(await hdfs.create("/content/g", new Uint8Array(), FILE), 0);
    assert.equal((await hdfs.getFileStatus("/content/g")).lengthBytes, 0);
    await refused(hdfs.create("/content/g", bytes("x"), FILE), "alreadyExists");
    async function* stream(): AsyncGenerator<Uint8Array> {
      for (let piece = 0; piece < 40; piece++) yield numbered(100_000);
    }
    assert.equal(
      await hdfs.create("/content/g", stream(), { permission: 0o600, overwrite: true }),
      4_000_000,
    );
    assert.equal((await hdfs.getFileStatus("/content/g")).permission, 0o600);
    assert.equal(await hdfs.append("/content/g", bytes("end")), 3);
    assert.equal(new TextDecoder().decode(await contentOf(hdfs, "/content/g", 4_000_000, 3)), "end");
    assert.equal(await hdfs.truncate("/content/g", 3 * BLOCK_BYTES), true);
    await hdfs.truncate("/content/g", 10);
    const isClosed = async () => hdfs.getBlockLocations("/content/g", { offsetBytes: 0, lengthBytes: 10 });
    await until(isClosed, ({ underConstruction }) => !underConstruction);
    assert.deepEqual(await contentOf(hdfs, "/content/g", 0, 10), numbered(10));
    assert.equal((await hdfs.getFileChecksum("/content/g")).algorithm, "MD5-of-0MD5-of-512CRC32C");
  });

  test("concat joins files and removes its sources", async () => {
    for (const name of ["one", "two", "three"]) await hdfs.create(`/content/${name}`, bytes(name), FILE);
    await hdfs.concat("/content/one", ["/content/two", "/content/three"]);
    assert.equal(await textOf(hdfs, "/content/one"), "onetwothree");
    await refused(hdfs.getFileStatus("/content/two"), "notFound");
    await refused(hdfs.concat("/content/one", ["/content/a,b"]), "invalidPath");
  });

  test("leaving a read early and cancelling one frees its connection", async () => {
    const single = nodeHttp({ socketsPerServerMax: 1 });
    const world = { clock: createClock(), random: createRandom(), http: single };
    const options = {
      nameNode: parseEndpoint(cluster.nameNodeHttp),
      identity: { kind: "simple", user: "hdfs" },
    } as const;
    const client = createWebHdfsClient(world, options);
    const range = { offsetBytes: 0, lengthBytes: 2 * BLOCK_BYTES };
    for await (const chunk of client.open("/content/f", range)) {
      assert.ok(chunk.length > 0);
      break;
    }
    const controller = new AbortController();
    const cancelled = collectUntilCancelled(client, range, controller);
    await assert.rejects(cancelled, /enough/);
    assert.equal((await contentOf(client, "/content/f", 0, 10)).length, 10);
    single.close();
  });

  test("a body that fails ends the write with its own error and leaves a shorter file that looks complete", async () => {
    const status = () => hdfs.getFileStatus("/content/broken").catch(() => null);
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield numbered(BLOCK_BYTES);
      await until(status, (found) => found !== null);
      throw new Error("the source broke");
    }
    await assert.rejects(hdfs.create("/content/broken", broken(), FILE), /the source broke/);
    await until(
      () => collect(hdfs.listOpenFiles("/content")),
      (open) => open.length === 0,
    );
    assert.equal((await status())?.lengthBytes, BLOCK_BYTES);
  });

  test("a refused write says why, however much was to be sent", async () => {
    async function* large(): AsyncGenerator<Uint8Array> {
      for (let piece = 0; piece < 64; piece++) yield new Uint8Array(BLOCK_BYTES);
    }
    await refused(bob.create("/content/denied", large(), FILE), "accessControl", "connectionLost");
    await refused(bob.create("/content/denied", bytes("x"), FILE), "accessControl");
    await refused(
      hdfs.create("/content", bytes("x"), { permission: 0o644, overwrite: true }),
      "alreadyExists",
    );
    await refused(hdfs.create("/content/f/x", bytes("x"), FILE), "parentNotDirectory");
    await refused(collect(hdfs.open("/content", { offsetBytes: 0, lengthBytes: 1 })), "notAFile");
    await refused(hdfs.append("/content/none", bytes("x")), "notFound");
  });
});

async function collectUntilCancelled(
  client: HdfsClient,
  range: { offsetBytes: number; lengthBytes: number },
  controller: AbortController,
): Promise<void> {
  for await (const _ of client.open("/content/f", range, controller.signal))
    controller.abort(new Error("enough"));
}

describe("cluster", () => {
  test("says who it is and how it stands", async () => {
    const info = await bob.getClusterInfo();
    assert.match(info.clusterId, /^CID-/);
    assert.match(info.blockPoolId, /^BP-\d+-/);
    assert.equal(
      info.blockPoolId,
      (await hdfs.getBlockLocations("/content/f", { offsetBytes: 0, lengthBytes: 1 })).blocks[0]?.blockPoolId,
    );
    assert.deepEqual([info.softwareVersion, info.haState, info.safeMode], ["3.4.2", "active", null]);
    assert.deepEqual(
      info.liveDataNodes?.map((node) => node.http),
      cluster.dataNodes.map((node) => node.http),
    );
    assert.ok(info.capacityRemainingBytes > 0);
    assert.equal(await bob.getConfiguration("dfs.namenode.snapshot.capture.openfiles"), "false");
    assert.equal(await bob.getConfiguration("no.such.key"), null);
    assert.equal((await bob.getServerDefaults()).blockSizeBytes, BLOCK_BYTES);
  });

  test("an address that is no NameNode's is named as such", async () => {
    const dataNode = clientOf("hdfs", cluster.dataNodes[0]?.http);
    await refused(dataNode.getFileStatus("/"), "notANameNode");
    await refused(dataNode.getClusterInfo(), "notANameNode");
    const rpc = clientOf("hdfs", cluster.nameNodeRpc);
    await refused(rpc.getFileStatus("/"), "notANameNode");
    await refused(rpc.getClusterInfo(), "notANameNode");
    await refused(clientOf("hdfs", "127.0.0.1:1").getFileStatus("/"), "unreachable");
    await refused(clientOf("hdfs", "no-such-host.invalid:9870").getFileStatus("/"), "unreachable");
  });

  test("a dead DataNode and a stopped NameNode are reported, and both are back afterwards", async () => {
    await hdfs.create("/content/kept", bytes("kept"), FILE);
    await cluster.dataNodeDaemons[0]?.kill();
    await refused(textOf(hdfs, "/content/kept"), "unreachable", "connectionLost");
    await cluster.dataNodeDaemons[0]?.start();
    await cluster.nameNode.kill();
    await refused(hdfs.getFileStatus("/content/kept"), "unreachable", "connectionLost");
    await cluster.nameNode.start();
    await cluster.ready();
    assert.equal(await textOf(hdfs, "/content/kept"), "kept");
  });
});
