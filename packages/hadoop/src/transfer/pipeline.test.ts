/** One pipeline over a scripted first DataNode: whom a failure is laid to, and how it is kept alive. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { create, toBinary } from "@bufbuild/protobuf";
import { DatanodeInfoProtoSchema, ExtendedBlockProtoSchema } from "../proto/generated/block_pb.ts";
import {
  BlockOpResponseProtoSchema,
  PipelineAckProtoSchema,
  Status,
} from "../proto/generated/datatransfer_pb.ts";
import { TokenProtoSchema } from "../proto/generated/security_pb.ts";
import type { ByteStream, NativeWorld } from "../world.ts";
import { createChunkSums } from "./chunk-sums.ts";
import { createDataNodes } from "./data-nodes.ts";
import { delimited } from "./delimited.ts";
import { openPipeline, type PipelineFailure, Stage } from "./pipeline.ts";
import { createWatchdog } from "./watchdog.ts";
import { heartbeat } from "./write-packet.ts";

const still = { elapsedMs: () => 0, sleep: () => new Promise<void>(() => undefined) };
const NOTHING = new Uint8Array();
const FRAME = Uint8Array.of(1, 2, 3);

const node = (number: number) =>
  create(DatanodeInfoProtoSchema, {
    id: {
      ipAddr: `10.0.0.${number}`,
      hostName: "",
      datanodeUuid: `${number}`,
      xferPort: 9866,
      infoPort: 1,
      ipcPort: 1,
    },
  });
const setup = {
  nodes: [node(1), node(2), node(3)],
  storageIds: ["a", "b", "c"],
  storageTypes: [],
  stage: Stage.PIPELINE_SETUP_CREATE,
  block: create(ExtendedBlockProtoSchema, { poolId: "BP-1", blockId: 1n, generationStamp: 1n }),
  token: create(TokenProtoSchema, { identifier: NOTHING, password: NOTHING, kind: "", service: "" }),
  clientName: "test",
  bytesMin: 0,
  bytesMax: 0,
  newGenerationStamp: 0n,
  sums: createChunkSums("crc32c", 512),
};

const answer = (status: Status, firstBadLink = ""): Uint8Array =>
  delimited(
    toBinary(BlockOpResponseProtoSchema, create(BlockOpResponseProtoSchema, { status, firstBadLink })),
  );
const ack = (sequence: number, ...reply: Status[]): Uint8Array =>
  delimited(
    toBinary(PipelineAckProtoSchema, create(PipelineAckProtoSchema, { seqno: BigInt(sequence), reply })),
  );

/** Plays `script`, then ends the connection, and tells what came of it. */
async function play(
  script: readonly Uint8Array[],
  frames: readonly Uint8Array[],
  stage: Stage = Stage.PIPELINE_SETUP_CREATE,
) {
  const left = [...script];
  const written: Uint8Array[] = [];
  const acknowledged: number[] = [];
  const over = Promise.withResolvers<PipelineFailure>();
  const stream: ByteStream = {
    read: async () => left.shift() ?? null,
    write: async (...pieces) => void written.push(...pieces),
    close: () => undefined,
  };
  const world: NativeWorld = {
    clock: still,
    random: { bytes: (length) => new Uint8Array(length) },
    streams: { connect: async () => stream },
  };
  const events = {
    acknowledged: (sequence: number) => void acknowledged.push(sequence),
    failed: over.resolve,
  };
  const dataNodes = createDataNodes(world, createWatchdog(still));
  const pipeline = await openPipeline(dataNodes, { ...setup, stage }, events, frames);
  return { pipeline, written, acknowledged, failure: over.promise };
}

describe("a pipeline", () => {
  test("tells of acknowledgements in order, not of those of heartbeats", async () => {
    const script = [answer(Status.SUCCESS), ack(0, 0, 0, 0), ack(-1, 0, 0, 0), ack(1, 0, 0, 0)];
    const { pipeline, acknowledged, failure } = await play(script, [FRAME]);
    assert.equal(await pipeline.setUp, true);
    await failure;
    assert.deepEqual(acknowledged, [0, 1]);
  });

  test("lays a refused setup to the DataNode that is named, and else to the first", async () => {
    const named = await (await play([answer(Status.ERROR, "10.0.0.3:9866")], [FRAME])).failure;
    assert.deepEqual([named.place, named.unclear], [2, undefined]);
    const unnamed = await (await play([answer(Status.ERROR)], [])).failure;
    assert.equal(unnamed.place, 0);
  });

  test("lays a lost setup to nobody when packets were sent along, to the first DataNode when not", async () => {
    const unclear = await (await play([], [FRAME])).failure;
    assert.deepEqual([unclear.unclear, unclear.fault.kind], [true, "lost"]);
    const clear = await (await play([], [])).failure;
    assert.deepEqual([clear.place, clear.unclear, clear.fault.kind], [0, undefined, "lost"]);
  });

  test("lays a failed packet to the farthest DataNode that says so, a lost connection to the first", async () => {
    const script = [answer(Status.SUCCESS), ack(0, Status.SUCCESS, Status.ERROR, Status.SUCCESS)];
    const failed = await (await play(script, [FRAME])).failure;
    assert.deepEqual([failed.place, failed.fault.kind], [1, "refused"]);
    const lost = await (await play([answer(Status.SUCCESS)], [FRAME])).failure;
    assert.deepEqual([lost.place, lost.unclear, lost.fault.kind], [0, undefined, "lost"]);
  });

  test("knows a DataNode that comes back at once", async () => {
    const script = [answer(Status.SUCCESS), ack(-2, Status.OOB_RESTART)];
    const { place, restarting } = await (await play(script, [FRAME])).failure;
    assert.deepEqual([place, restarting], [0, true]);
  });

  test("that only closes its block is over with the answer: the end of the connection is no failure", async () => {
    const { pipeline, failure } = await play([answer(Status.SUCCESS)], [], Stage.PIPELINE_CLOSE_RECOVERY);
    assert.equal(await pipeline.setUp, true);
    let failed = false;
    void failure.then(() => (failed = true));
    // The script has ended the connection by then.
    for (let turn = 0; turn < 100; turn++) await Promise.resolve();
    assert.equal(failed, false);
  });

  test("is kept alive when nothing was sent since the last look", async () => {
    const { pipeline, written } = await play([answer(Status.SUCCESS)], [FRAME]);
    const before = written.length;
    pipeline.beat();
    assert.equal(written.length, before);
    pipeline.close();
    pipeline.beat();
    assert.equal(written.length, before);
    const living = await play([], [FRAME]);
    living.pipeline.beat();
    living.pipeline.beat();
    assert.deepEqual(living.written.at(-1), heartbeat());
  });
});
