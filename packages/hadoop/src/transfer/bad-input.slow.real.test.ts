/** What goes wrong on a real cluster, and what the caller is told: blocks that are gone, DataNodes that stall in the middle of a
 * block, quotas and disks that are full, files that are taken away, a NameNode that hangs; and a spare DataNode that takes
 * the place of one that died. */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { hdfsCli } from "@coeval/testbed/hdfs-cli";
import { removeReplica } from "@coeval/testbed/replica";
import type { NativeHdfsClient } from "../native/client.ts";
import { realCluster } from "../real-cluster.real.ts";
import { isHdfsError } from "../errors.ts";
import { numbered, refused } from "../webhdfs/probes.ts";
import { joined } from "./chunk-sums.ts";

const BLOCK_BYTES = 1024 * 1024;
const FILE = { permission: 0o644, overwrite: true };
const SILENCE_MS = 2_000;

describe("four DataNodes", () => {
  const dialled: string[] = [];
  const real = realCluster(
    "bad-input",
    {
      dataNodes: 4,
      replication: 3,
      blockSizeBytes: BLOCK_BYTES,
      // Of four, one that has two connections more than the others would count as overloaded.
      hdfsSite: { "dfs.namenode.redundancy.considerLoad": "false" },
    },
    (streams) => ({
      connect(server, options) {
        dialled.push(`${server.host}:${server.port}`);
        return streams.connect(server, options);
      },
    }),
  );
  let hdfs: NativeHdfsClient;
  before(() => {
    hdfs = real.native("hdfs", { dataNodes: { silenceMsMax: SILENCE_MS } });
  });

  const read = async (path: string, lengthBytes: number): Promise<Uint8Array> =>
    joined(await Array.fromAsync(hdfs.open(path, { offsetBytes: 0, lengthBytes })));
  const placeOf = (address: string): number =>
    real.cluster.dataNodes.findIndex(({ transfer }) => transfer === address);
  const lastBlock = async (path: string, lengthBytes: number) => {
    const { blocks } = await hdfs.getBlockLocations(path, { offsetBytes: 0, lengthBytes });
    const block = blocks.at(-1);
    assert.ok(block !== undefined);
    return block;
  };

  test("a block whose every replica is gone is named", async () => {
    const content = numbered(BLOCK_BYTES + 5_000);
    await hdfs.create("/gone", content, FILE);
    // The file is closed when one DataNode has told of its replica.
    let { blockId, locations } = await lastBlock("/gone", content.length);
    for (let tries = 0; locations.length < 3; tries++) {
      assert.ok(tries < 100, `${locations.length} replicas`);
      await real.world.clock.sleep(100);
      ({ blockId, locations } = await lastBlock("/gone", content.length));
    }
    for (const address of locations) await removeReplica(real.cluster, placeOf(address), blockId);
    const failure = await failureOf(read("/gone", content.length));
    assert.match(failure, new RegExp(`blk_${blockId}.*\\(blockMissing\\)`));
  });

  test("a DataNode that stalls in the middle of a block is left, and the bytes are all there", async () => {
    const content = numbered(3 * BLOCK_BYTES);
    await hdfs.create("/stalls", content, { ...FILE, blockSizeBytes: 4 * BLOCK_BYTES });
    const pieces: Uint8Array[] = [];
    const frozen = new Set<number>();
    try {
      for await (const piece of hdfs.open("/stalls", { offsetBytes: 0, lengthBytes: content.length })) {
        pieces.push(piece);
        if (frozen.size > 0) continue;
        // Which one is read from is the NameNode's choice: of the three only the last is left going.
        for (const address of (await lastBlock("/stalls", content.length)).locations.slice(0, 2)) {
          frozen.add(placeOf(address));
          real.cluster.dataNodeDaemons[placeOf(address)]?.freeze();
        }
      }
    } finally {
      for (const place of frozen) real.cluster.dataNodeDaemons[place]?.thaw();
    }
    assert.ok(isSame(joined(pieces), content));
    await real.cluster.ready();
  });

  test("a DataNode that stalls in the middle of a write is left out", async () => {
    const content = numbered(BLOCK_BYTES - 5);
    const output = await hdfs.openNew("/stalls-too", { ...FILE, replication: 2 });
    await output.write(content.subarray(0, 400_000));
    await output.hflush();
    // The first of the pipeline: the one behind it is watched by the first, with a longer patience than this client's.
    const first = dialled.at(-1) ?? "";
    real.cluster.dataNodeDaemons[placeOf(first)]?.freeze();
    try {
      await output.write(content.subarray(400_000));
      await output.close();
    } finally {
      real.cluster.dataNodeDaemons[placeOf(first)]?.thaw();
    }
    assert.ok(isSame(await read("/stalls-too", content.length), content));
    await real.cluster.ready();
  });

  test("a spare DataNode takes the place of one that died where readers rely on what is written", async () => {
    const content = numbered(2 * BLOCK_BYTES + 9);
    // One that is killed ends its connections; the copy to the spare one may take its time.
    const output = await real.native().openNew("/spare", { ...FILE, blockSizeBytes: 4 * BLOCK_BYTES });
    await output.write(content.subarray(0, 700_000));
    await output.hflush();
    const before = (await lastBlock("/spare", 1)).locations;
    assert.equal(before.length, 3);
    const [, dying = ""] = before;
    const spare = real.cluster.dataNodes.find(({ transfer }) => !before.includes(transfer))?.transfer;
    const daemon = real.cluster.dataNodeDaemons[placeOf(dying)];
    await daemon?.kill();
    try {
      await output.write(content.subarray(700_000));
      await output.hflush();
      const now = (await lastBlock("/spare", 1)).locations;
      assert.deepEqual(new Set(now), new Set([...before.filter((each) => each !== dying), spare]));
      await output.close();
      assert.ok(isSame(await read("/spare", content.length), content));
      // By the spare one alone: it was given the beginning too.
      const others = real.cluster.dataNodeDaemons.filter((_, place) => {
        const address = real.cluster.dataNodes[place]?.transfer;
        return address !== spare && address !== dying;
      });
      await Promise.all(others.map((each) => each.kill()));
      assert.ok(isSame(await read("/spare", content.length), content));
      await Promise.all(others.map((each) => each.start()));
    } finally {
      await daemon?.start();
      await real.cluster.ready();
    }
  });

  test("a quota is named, whether names or bytes run out, and nothing but the file's beginning is left", async () => {
    await hdfs.mkdirs("/quota/names", 0o755);
    await hdfs.setQuota("/quota/names", { names: 2, spaceBytes: null });
    await hdfs.create("/quota/names/one", numbered(5), FILE);
    const names = await failureOf(hdfs.create("/quota/names/two", numbered(5), FILE));
    assert.match(names, /\/quota\/names.*\(quotaExceeded\)/);
    await refused(hdfs.getFileStatus("/quota/names/two"), "notFound");
    await hdfs.mkdirs("/quota/bytes", 0o755);
    await hdfs.setQuota("/quota/bytes", { names: null, spaceBytes: 7 * BLOCK_BYTES });
    const bytes = await failureOf(hdfs.create("/quota/bytes/f", numbered(3 * BLOCK_BYTES), FILE));
    assert.match(bytes, /\/quota\/bytes.*\(quotaExceeded\)/);
    await hdfs.create("/quota/bytes/small", numbered(5), { ...FILE, replication: 1 });
  });

  test("a file whose lease is taken while it is written is lost to its writer, who is told", async () => {
    const content = numbered(300_000);
    const output = await hdfs.openNew("/taken", FILE);
    await output.write(content);
    await output.hflush();
    const other = real.native();
    while (!(await other.recoverLease("/taken"))) await real.world.clock.sleep(100);
    const writing = (async () => {
      for (let piece = 0; piece < 20; piece++) await output.write(content);
      await output.close();
    })();
    await refused(writing, "leaseConflict", "connectionLost", "notFound");
    await output.abandon().catch(() => undefined);
    assert.equal((await hdfs.getFileStatus("/taken")).lengthBytes, content.length);
    assert.ok(isSame(await read("/taken", content.length), content));
  });

  test("a file deleted while it is written ends in an error that says so", async () => {
    const output = await hdfs.openNew("/deleted", FILE);
    await output.write(numbered(300_000));
    await output.hflush();
    await hdfs.delete("/deleted", { recursive: false });
    const writing = (async () => {
      for (let piece = 0; piece < 20; piece++) await output.write(numbered(300_000));
      await output.close();
    })();
    await refused(writing, "leaseConflict", "notFound");
    await output.abandon().catch(() => undefined);
    await refused(hdfs.getFileStatus("/deleted"), "notFound");
  });

  test("a NameNode that hangs ends every call in time, reads and writes too", async () => {
    const callMsMax = 3_000;
    const hasty = real.native("hdfs", { callMsMax, connectMsMax: callMsMax });
    await hasty.create("/hangs", numbered(5), FILE);
    const output = await hasty.openNew("/hangs-too", FILE);
    await output.write(numbered(300_000));
    real.cluster.nameNode.freeze();
    try {
      const calls = [
        hasty.getFileStatus("/hangs"),
        hasty.mkdirs("/hangs-dir", 0o755),
        Array.fromAsync(hasty.open("/hangs", { offsetBytes: 0, lengthBytes: 5 })),
        hasty.create("/hangs-new", numbered(5), FILE),
        output.close(),
      ];
      for (const outcome of await Promise.allSettled(calls.map(inTime))) {
        assert.ok(outcome.status === "rejected");
        assert.ok(
          isHdfsError(outcome.reason, "timeout", "unreachable", "connectionLost"),
          String(outcome.reason),
        );
      }
    } finally {
      real.cluster.nameNode.thaw();
    }
    await real.cluster.ready();
    assert.ok(isSame(await read("/hangs", 5), numbered(5)));
  });

  /** Several times the longest call: a call may be tried again. */
  const inTime = async (call: Promise<unknown>): Promise<unknown> => {
    const late = new AbortController();
    const end = real.world.clock.sleep(40_000, late.signal).then(() => assert.fail("no end within 40 s"));
    try {
      return await Promise.race([call, end]);
    } finally {
      end.catch(() => null);
      late.abort(new Error("in time"));
    }
  };
});

describe("a DataNode whose disk is full", () => {
  const real = realCluster("disk-full", {
    blockSizeBytes: BLOCK_BYTES,
    dataNodeCapacityBytes: 6 * BLOCK_BYTES,
  });

  test("is named as such, and what was written before stays", async () => {
    const hdfs = real.native();
    const content = numbered(2 * BLOCK_BYTES);
    await hdfs.create("/fits", content, FILE);
    const failure = await failureOf(hdfs.create("/full", numbered(30 * BLOCK_BYTES), FILE));
    assert.match(failure, /\(diskFull\)/);
    assert.ok(isSame(joined(await Array.fromAsync(hdfs.open("/fits", wholeOf(content)))), content));
    const { stdout } = await hdfsCli(real.cluster, ["dfs", "-ls", "/fits"]);
    assert.match(stdout, new RegExp(` ${content.length} `));
  });
});

function wholeOf({ length }: Uint8Array) {
  return { offsetBytes: 0, lengthBytes: length };
}

async function failureOf(promise: Promise<unknown>): Promise<string> {
  const failure = await promise.then(
    () => "it succeeded",
    (error: unknown) => error,
  );
  assert.ok(isHdfsError(failure), String(failure));
  return failure.message;
}

function isSame(found: Uint8Array, expected: Uint8Array): boolean {
  return found.length === expected.length && found.every((byte, at) => byte === expected[at]);
}
