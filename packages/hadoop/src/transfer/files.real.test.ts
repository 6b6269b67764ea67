/** Bytes over data transfer against a real cluster of three DataNodes: every size, Java's client both ways, streams
 * that are read while they are written, DataNodes that die, replicas that rot. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Cluster, startCluster } from "@coeval/testbed/cluster";
import { hdfsCli } from "@coeval/testbed/hdfs-cli";
import { corruptReplica } from "@coeval/testbed/replica";
import { createClientWorld } from "@coeval/platform/client-world";
import { createNativeHdfsClient, type NativeHdfsClient } from "../native/client.ts";
import { parseServer } from "../native/endpoint.ts";
import { createWebHdfsClient } from "../webhdfs/client.ts";
import { parseEndpoint } from "../webhdfs/endpoint.ts";
import { bytes, collect, refused } from "../webhdfs/probes.ts";
import type { StreamTransport } from "../world.ts";
import { joined } from "./chunk-sums.ts";
import { crcOf } from "./crc.ts";

const BLOCK_BYTES = 1024 * 1024;
const FILE = { permission: 0o644, overwrite: true };
const SIZES = [
  0,
  1,
  511,
  512,
  513,
  131_072,
  131_073,
  BLOCK_BYTES - 1,
  BLOCK_BYTES,
  BLOCK_BYTES + 1,
  5 * BLOCK_BYTES + 77,
];

let cluster: Cluster;
const world = createClientWorld();
const clients: NativeHdfsClient[] = [];
let hdfs: NativeHdfsClient;

function clientOf(
  dataNodes: { readonly silenceMsMax?: number } = {},
  streams: StreamTransport = world.streams,
): NativeHdfsClient {
  const nameNodes = [parseServer(cluster.nameNodeRpc)] as const;
  const client = createNativeHdfsClient(
    { ...world, streams },
    {
      nameNodes,
      dataNodes,
      identity: { kind: "simple", user: "hdfs" },
    },
  );
  clients.push(client);
  return client;
}

before(async () => {
  const dir = new URL("../../../../.testbed/transfer", import.meta.url).pathname;
  const options = { dataNodes: 3, replication: 3, blockSizeBytes: BLOCK_BYTES, dataNodeLocateDelayMs: 1 };
  cluster = await startCluster({ name: "transfer", dir, options });
  hdfs = clientOf();
});
after(async () => {
  for (const client of clients) client.close();
  world.close();
  await cluster?.stop();
});

/** Bytes of which no two chunks are alike. */
function varied(length: number, seed = 1): Uint8Array {
  const content = new Uint8Array(length);
  let state = seed;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    content[at] = state >>> 24;
  }
  return content;
}

async function contentOf(
  path: string,
  offsetBytes: number,
  lengthBytes: number,
  client = hdfs,
): Promise<Uint8Array> {
  const kept = joined(await collect(client.open(path, { offsetBytes, lengthBytes })));
  const lent: Uint8Array[] = [];
  for await (const piece of client.open(path, { offsetBytes, lengthBytes, lent: true }))
    lent.push(piece.slice());
  same(joined(lent), kept);
  return kept;
}

function same(found: Uint8Array, expected: Uint8Array): void {
  // Without a diff of a million numbers.
  if (found.length !== expected.length) assert.fail(`${found.length} bytes, not ${expected.length}`);
  for (let at = 0; at < found.length; at++)
    if (found[at] !== expected[at]) assert.fail(`another byte at ${at}`);
}

async function* inPieces(content: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += pieceBytes) yield content.subarray(at, at + pieceBytes);
}

const placeOf = (address: string): number =>
  cluster.dataNodes.findIndex(({ transfer }) => transfer === address);

async function locationsOf(path: string): Promise<readonly string[]> {
  const { blocks } = await hdfs.getBlockLocations(path, { offsetBytes: 0, lengthBytes: 1 });
  return blocks[0]?.locations ?? [];
}

/** Kills the DataNode for as long as `act` runs. */
async function without(place: number, act: () => Promise<void>): Promise<void> {
  await cluster.dataNodeDaemons[place]?.kill();
  try {
    await act();
  } finally {
    await cluster.dataNodeDaemons[place]?.start();
    await cluster.ready();
  }
}

describe("whole files", () => {
  test("of every size come back as they were written", async () => {
    for (const size of SIZES) {
      const content = varied(size, size + 1);
      assert.equal(await hdfs.create(`/ours/${size}`, content, FILE), size);
      assert.equal((await hdfs.getFileStatus(`/ours/${size}`)).lengthBytes, size);
      same(await contentOf(`/ours/${size}`, 0, size), content);
    }
  });

  test("have the checksums that Java's own client computes for the same bytes", async () => {
    const java = createWebHdfsClient(world, {
      nameNode: parseEndpoint(cluster.nameNodeHttp),
      identity: { kind: "simple", user: "hdfs" },
    });
    for (const size of SIZES) {
      await java.create(`/java/${size}`, varied(size, size + 1), FILE);
      same(await contentOf(`/java/${size}`, 0, size), varied(size, size + 1));
      const told = await java.getFileChecksum(`/java/${size}`);
      assert.deepEqual(await hdfs.getFileChecksum(`/java/${size}`), told);
      assert.deepEqual(await hdfs.getFileChecksum(`/ours/${size}`), told);
    }
    const paths = SIZES.flatMap((size) => [`/ours/${size}`, `/java/${size}`]);
    const { stdout } = await hdfsCli(cluster, ["dfs", "-checksum", ...paths]);
    const sums = stdout
      .trim()
      .split("\n")
      .map((line) => line.split("\t").slice(1).join(" "));
    for (const [index, size] of SIZES.entries()) {
      assert.match(sums[2 * index] ?? "", /MD5-of-\d+MD5-of-512CRC32C|^MD5|NONE/, `of ${size} bytes`);
      assert.equal(sums[2 * index], sums[2 * index + 1], `checksums of ${size} bytes`);
    }
  });

  test("have a checksum that is the same whatever their blocks", async () => {
    const content = varied(3 * BLOCK_BYTES + 5, 8);
    await hdfs.create("/small-blocks", content, FILE);
    await hdfs.create("/one-block", content, { ...FILE, blockSizeBytes: 8 * BLOCK_BYTES });
    const paths = ["/small-blocks", "/one-block"];
    const [one, other] = await Promise.all(paths.map((path) => hdfs.getCompositeChecksum(path)));
    assert.deepEqual(one, other);
    const crc = crcOf("crc32c", content).toString(16).padStart(8, "0");
    assert.deepEqual(one, { algorithm: "COMPOSITE-CRC32C", bytes: crc });
  });

  test("are read in any range", async () => {
    const size = 5 * BLOCK_BYTES + 77;
    const content = varied(size, size + 1);
    for (const [offset, length] of [
      [0, 1],
      [511, 2],
      [512, 512],
      [BLOCK_BYTES - 1, 2],
      [BLOCK_BYTES + 1000, 3 * BLOCK_BYTES],
      [size - 1, 1],
    ] as const) {
      same(await contentOf(`/ours/${size}`, offset, length), content.subarray(offset, offset + length));
    }
    await refused(contentOf("/ours/513", 500, 14), "truncated");
    await refused(contentOf("/ours/513", 513, 1), "invalidRange");
    await refused(contentOf("/ours/none", 0, 1), "notFound");
  });

  test("grow by appending, from a chunk's middle and from a block's end", async () => {
    for (const [first, second] of [
      [700, 300],
      [512, 1],
      [BLOCK_BYTES, 10],
      [BLOCK_BYTES - 100, 2 * BLOCK_BYTES],
      [100, 0],
      [0, 5],
    ] as const) {
      const content = varied(first + second, first + 3);
      await hdfs.create("/appended", content.subarray(0, first), FILE);
      assert.equal(await hdfs.append("/appended", inPieces(content.subarray(first), 300_001)), second);
      assert.equal((await hdfs.getFileStatus("/appended")).lengthBytes, first + second);
      same(await contentOf("/appended", 0, first + second), content);
    }
  });

  test("may be read by many at once over few connections", async () => {
    const content = varied(513, 514);
    const reads = Array.from({ length: 200 }, () => contentOf("/ours/513", 0, 513));
    for (const found of await Promise.all(reads)) same(found, content);
  });
});

describe("a file that is being written", () => {
  test("shows readers what was flushed, whatever the chunk it ends in", async () => {
    const content = varied(BLOCK_BYTES + 5_000, 9);
    const output = await hdfs.openNew("/growing", FILE);
    const reader = clientOf();
    let written = 0;
    for (const end of [1, 100, 512, 700, 200_000, BLOCK_BYTES - 3, BLOCK_BYTES + 1_000, content.length]) {
      await output.write(content.subarray(written, end));
      written = end;
      await (end === 700 ? output.hsync() : output.hflush());
      same(await contentOf("/growing", 0, end, reader), content.subarray(0, end));
    }
    await output.hsync();
    await output.close();
    same(await contentOf("/growing", 0, content.length, reader), content);
  });

  test("whose body fails is given up, and its lease with it", async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield varied(300_000);
      throw new Error("the source broke");
    }
    await assert.rejects(hdfs.create("/broken", broken(), FILE), /the source broke/);
    for (let tries = 0; !(await hdfs.recoverLease("/broken")); tries++) {
      assert.ok(tries < 100, "still open");
      await world.clock.sleep(100);
    }
    assert.equal(await hdfs.create("/broken", bytes("again"), FILE), 5);
  });

  test("can be cancelled, and so can a read", async () => {
    const controller = new AbortController();
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (let piece = 0; ; piece++) {
        if (piece === 5) controller.abort(new Error("enough"));
        yield varied(300_000);
      }
    }
    await assert.rejects(hdfs.create("/cancelled", endless(), FILE, controller.signal), /enough/);
    const reading = new AbortController();
    const read = hdfs.open(
      `/ours/${5 * BLOCK_BYTES + 77}`,
      { offsetBytes: 0, lengthBytes: 5 * BLOCK_BYTES },
      reading.signal,
    );
    await assert.rejects(async () => {
      for await (const _ of read) reading.abort(new Error("seen enough"));
    }, /seen enough/);
  });

  test("by somebody else is refused", async () => {
    const output = await hdfs.openNew("/mine", FILE);
    const other = clientOf();
    await refused(other.append("/mine", bytes("x")), "leaseConflict");
    await output.write(bytes("x"));
    await hdfs.delete("/mine", { recursive: false });
    await refused(output.close(), "notFound", "leaseConflict");
    await output.abandon().catch(() => undefined);
  });
});

describe("a DataNode dies", () => {
  test("in mid-read: another one goes on where it was", async () => {
    const content = varied(3 * BLOCK_BYTES, 5);
    await hdfs.create("/read-on", content, FILE);
    const first = placeOf((await locationsOf("/read-on"))[0] ?? "");
    const pieces: Uint8Array[] = [];
    const range = { offsetBytes: 0, lengthBytes: content.length, lent: true };
    let killed = false;
    for await (const piece of hdfs.open("/read-on", range)) {
      pieces.push(piece.slice());
      if (killed) continue;
      killed = true;
      await cluster.dataNodeDaemons[first]?.kill();
    }
    same(joined(pieces), content);
    same(await contentOf("/read-on", 0, content.length), content);
    await cluster.dataNodeDaemons[first]?.start();
    await cluster.ready();
  });

  for (const place of [0, 1, 2]) {
    test(`in mid-write: the pipeline goes on without number ${place}`, async () => {
      const content = varied(2 * BLOCK_BYTES + 999, 100 + place);
      const path = `/write-on-${place}`;
      const output = await hdfs.openNew(path, FILE);
      await output.write(content.subarray(0, 400_000));
      await output.hflush();
      const target = placeOf((await openLocations(path))[place] ?? "");
      await without(target, async () => {
        await output.write(content.subarray(400_000));
        await output.close();
        same(await contentOf(path, 0, content.length), content);
      });
      const { stdout } = await hdfsCli(cluster, ["fsck", path, "-files", "-blocks"]);
      assert.match(stdout, new RegExp(`${path} ${content.length} bytes`));
    });
  }

  test("before the block is begun: another block is asked for", async () => {
    const content = varied(300_000, 77);
    // Replicas for two: the dead one is still believed alive, so it is chosen now and then.
    await without(1, async () => {
      for (let file = 0; file < 6; file++) {
        await hdfs.create(`/begun-${file}`, content, { ...FILE, replication: 2 });
        same(await contentOf(`/begun-${file}`, 0, content.length), content);
      }
    });
  });
});

describe("a DataNode stalls", () => {
  /** Freezes the DataNode for as long as `act` runs. */
  async function frozen(address: string, act: () => Promise<void>): Promise<void> {
    const daemon = cluster.dataNodeDaemons[placeOf(address)];
    daemon?.freeze();
    try {
      await act();
    } finally {
      daemon?.thaw();
    }
  }

  test("and reads and writes go on without it", async () => {
    const dialled: string[] = [];
    const connect: StreamTransport["connect"] = (server, options) => {
      dialled.push(`${server.host}:${server.port}`);
      return world.streams.connect(server, options);
    };
    const hasty = clientOf({ silenceMsMax: 2_000 }, { connect });
    const content = varied(900_000, 55);
    await hasty.create("/stalled-read", content, FILE);
    const [first = ""] = await locationsOf("/stalled-read");
    await frozen(first, async () => {
      for (let reads = 0; reads < 4; reads++)
        same(await contentOf("/stalled-read", 0, content.length, hasty), content);
    });
    const output = await hasty.openNew("/stalled-write", FILE);
    await output.write(content.subarray(0, 300_000));
    await output.hflush();
    // The first of the pipeline: those behind it are watched by the one before, with a longer patience than this client's.
    await frozen(dialled.at(-1) ?? "", async () => {
      await output.write(content.subarray(300_000));
      await output.close();
    });
    same(await contentOf("/stalled-write", 0, content.length), content);
  });
});

async function openLocations(path: string): Promise<readonly string[]> {
  const { blocks } = await hdfs.getBlockLocations(path, { offsetBytes: 0, lengthBytes: BLOCK_BYTES });
  return blocks.at(-1)?.locations ?? [];
}

describe("a replica rots", () => {
  test("another one is read, and the NameNode is told", async () => {
    const content = varied(300_000, 31);
    await hdfs.create("/rotten", content, FILE);
    const { blocks } = await hdfs.getBlockLocations("/rotten", { offsetBytes: 0, lengthBytes: 1 });
    const [block] = blocks;
    assert.ok(block !== undefined);
    for (const address of block.locations.slice(0, 2)) {
      await corruptReplica(cluster, placeOf(address), block.blockId, 150_000);
    }
    // Which replica is read first is the NameNode's choice, each time anew.
    for (let reads = 0; (await locationsOf("/rotten")).length === 3; reads++) {
      assert.ok(reads < 50, "the NameNode still names all three");
      same(await contentOf("/rotten", 0, content.length, clientOf()), content);
    }
  });

  test("when all are, the block is named", async () => {
    const content = varied(3_000, 32);
    await hdfs.create("/lost", content, { ...FILE, replication: 1 });
    const { blocks } = await hdfs.getBlockLocations("/lost", { offsetBytes: 0, lengthBytes: 1 });
    const [block] = blocks;
    assert.ok(block !== undefined);
    await corruptReplica(cluster, placeOf(block.locations[0] ?? ""), block.blockId, 2_000);
    same(await contentOf("/lost", 0, 1_024), content.subarray(0, 1_024));
    const failure = await contentOf("/lost", 0, 3_000).catch((error: unknown) => error);
    assert.match(String(failure), new RegExp(`blockMissing`));
    assert.match(String(failure), new RegExp(`blk_${block.blockId}`));
  });
});
