/** Erasure-coded files, written by Java's client: read as they are, and with DataNodes gone. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Cluster, startCluster } from "@coeval/testbed/cluster";
import { createClientWorld } from "@coeval/platform/client-world";
import { createNativeHdfsClient, type NativeHdfsClient } from "../native/client.ts";
import { parseServer } from "../native/endpoint.ts";
import { createWebHdfsClient } from "../webhdfs/client.ts";
import { parseEndpoint } from "../webhdfs/endpoint.ts";
import { refused } from "../webhdfs/probes.ts";
import { joined } from "./chunk-sums.ts";

const MIB = 1024 * 1024;
const REPORTED_EVERY_MS = 100;
const REPORTED_TRIES_MAX = 600;
const FILE = { permission: 0o644, overwrite: true };
const CONTENT = Uint8Array.from(
  { length: 9 * MIB + 12_345 },
  (_, index) => (index * 31) ^ (index >> 8) ^ (index >> 17),
);
/** Less than a chunk, a cell and more, whole stripes, several block groups. */
const SIZES = [1, 700, MIB, MIB + 1, 3 * MIB, 5 * MIB + 77, CONTENT.length];
const POLICIES = { "XOR-2-1-1024k": 1, "RS-3-2-1024k": 2 } as const;
const DATA_UNITS: Readonly<Record<string, number>> = { "XOR-2-1-1024k": 2, "RS-3-2-1024k": 3 };
const BLOCK_BYTES = 2 * MIB;

let cluster: Cluster;
let hdfs: NativeHdfsClient;
const world = createClientWorld();

before(async () => {
  const dir = new URL("../../../../.testbed/striped", import.meta.url).pathname;
  cluster = await startCluster({
    name: "striped",
    dir,
    options: { dataNodes: 5, replication: 2, blockSizeBytes: BLOCK_BYTES },
  });
  const nameNodes = [parseServer(cluster.nameNodeRpc)] as const;
  const identity = { kind: "simple", user: "hdfs" } as const;
  hdfs = createNativeHdfsClient(world, { nameNodes, identity });
  const java = createWebHdfsClient(world, { nameNode: parseEndpoint(cluster.nameNodeHttp), identity });
  for (const policy of Object.keys(POLICIES)) {
    await hdfs.mkdirs(`/${policy}`, 0o755);
    await hdfs.enableErasureCodingPolicy(policy);
    await hdfs.setErasureCodingPolicy(`/${policy}`, policy);
    for (const size of SIZES) await java.create(`/${policy}/${size}`, CONTENT.subarray(0, size), FILE);
  }
  // On a busy host Java's writer goes on without a DataNode that is slow to answer, and the NameNode has that unit made later.
  for (const [policy, parityUnits] of Object.entries(POLICIES)) await allReported(policy, parityUnits);
});
after(async () => {
  hdfs?.close();
  world.close();
  await cluster?.stop();
});

/** Of the last block group of each file, in order. */
async function replicasKnown(policy: string): Promise<readonly number[]> {
  return Promise.all(
    SIZES.map(async (lengthBytes) => {
      const { blocks } = await hdfs.getBlockLocations(`/${policy}/${lengthBytes}`, {
        offsetBytes: 0,
        lengthBytes,
      });
      return blocks.at(-1)?.locations.length ?? 0;
    }),
  );
}

/** Waits until the NameNode knows of every unit that the files have. */
async function allReported(policy: string, parityUnits: number): Promise<void> {
  const dataUnits = DATA_UNITS[policy] ?? 0;
  const wanted = SIZES.map((size) => {
    const inLastGroup = size % (dataUnits * BLOCK_BYTES);
    return parityUnits + Math.min(dataUnits, Math.ceil(inLastGroup / MIB));
  });
  for (let tries = 0; String(await replicasKnown(policy)) !== String(wanted); tries++) {
    assert.ok(tries < REPORTED_TRIES_MAX, `${policy}: some units are not reported`);
    await world.clock.sleep(REPORTED_EVERY_MS);
  }
}

async function checkAll(policy: string): Promise<void> {
  for (const size of SIZES) {
    const path = `/${policy}/${size}`;
    assert.ok(isSame(await contentOf(path, 0, size), CONTENT.subarray(0, size)), path);
    const [from, to] = [Math.floor(size / 3), Math.ceil((2 * size) / 3)];
    assert.ok(
      isSame(await contentOf(path, from, to - from), CONTENT.subarray(from, to)),
      `${path} from ${from} to ${to}`,
    );
  }
}

async function contentOf(path: string, offsetBytes: number, lengthBytes: number): Promise<Uint8Array> {
  return joined(await Array.fromAsync(hdfs.open(path, { offsetBytes, lengthBytes })));
}

function isSame(found: Uint8Array, expected: Uint8Array): boolean {
  return found.length === expected.length && found.every((byte, index) => byte === expected[index]);
}

for (const [policy, parityUnits] of Object.entries(POLICIES)) {
  describe(policy, () => {
    test("files of every size are read, in part too", () => checkAll(policy));

    test("a checksum over their groups is told", async () => {
      const { bytes } = await hdfs.getCompositeChecksum(`/${policy}/${CONTENT.length}`);
      await hdfs.create("/replicated", CONTENT, FILE);
      assert.equal(bytes, (await hdfs.getCompositeChecksum("/replicated")).bytes);
    });

    test(`with ${parityUnits} of the DataNodes gone their bytes are computed`, async () => {
      const gone = cluster.dataNodeDaemons.slice(0, parityUnits);
      await Promise.all(gone.map((daemon) => daemon.kill()));
      try {
        await checkAll(policy);
      } finally {
        await Promise.all(gone.map((daemon) => daemon.start()));
        await cluster.ready();
        // One that came back tells of its blocks a little later.
        await allReported(policy, parityUnits);
      }
    });

    test("they are not written here", async () => {
      await refused(hdfs.create(`/${policy}/new`, CONTENT.subarray(0, 10), FILE), "unsupported");
      await refused(hdfs.getFileStatus(`/${policy}/new`), "notFound");
    });
  });
}
