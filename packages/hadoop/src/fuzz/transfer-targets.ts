/** Data transfer as it is fuzzed: packet headers, acknowledgements and answers alone; a block that is read, a pipeline, a
 * handshake and a file's checksum over scripted DataNodes. */
import { create } from "@bufbuild/protobuf";
import { decode } from "../proto/decode.ts";
import {
  type DatanodeInfoProto,
  DatanodeInfoProtoSchema,
  ExtendedBlockProtoSchema,
  type LocatedBlocksProto,
} from "../proto/generated/block_pb.ts";
import { ClientNamenodeProtocol } from "../proto/generated/client_namenode_pb.ts";
import { TokenProtoSchema } from "../proto/generated/security_pb.ts";
import { readAnswer as readRpcAnswer } from "../rpc/envelope.ts";
import { qopsOf } from "../sasl/mechanism.ts";
import { createByteInput, EndOfStream } from "../transfer/byte-input.ts";
import { createChunkSums, joined } from "../transfer/chunk-sums.ts";
import { createDataNodes, type DataNodes, type Handshake } from "../transfer/data-nodes.ts";
import { createDeadNodes } from "../transfer/dead-nodes.ts";
import { TransferFault } from "../transfer/fault.ts";
import { fileChecksum } from "../transfer/file-checksum.ts";
import type { ReadContext } from "../transfer/file-read.ts";
import { createHandshake } from "../transfer/handshake.ts";
import { readBlock } from "../transfer/block-read.ts";
import { insistOnSuccess, readAnswer } from "../transfer/operation.ts";
import { decodePacketHeader, LENGTHS_BYTES, readLengths } from "../transfer/packet-header.ts";
import { openPipeline, type PipelineFailure, Stage } from "../transfer/pipeline.ts";
import { decodePipelineAck, failedPlace } from "../transfer/pipeline-ack.ts";
import { createWatchdog } from "../transfer/watchdog.ts";
import answers from "../namenode/fixtures/answers.json" with { type: "json" };
import type { Chance } from "./chance.ts";
import { constantCryptography } from "./constant-cryptography.ts";
import { type FuzzTarget, isTellable, type Spoilt, WrongValue } from "./fuzz.ts";
import { connections, delimitedMessages } from "./recorded.ts";
import { completedHandshakes } from "./sasl-targets.ts";
import { pieces, scriptedStream } from "./scripted-stream.ts";

/** As scripts/fuzz/record.ts writes it. */
const CONTENT = Uint8Array.from({ length: 1_300 }, (_, index) => index * 7);
const MESSAGES_MAX = 20;
const NOTHING = new Uint8Array();
const still = { elapsedMs: () => 0, sleep: () => new Promise<void>(() => undefined) };

const node = (number: number): DatanodeInfoProto =>
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
const block = create(ExtendedBlockProtoSchema, { poolId: "BP-1", blockId: 1n, generationStamp: 1n });
const token = create(TokenProtoSchema, {
  identifier: Uint8Array.of(1),
  password: Uint8Array.of(2),
  kind: "",
  service: "",
});

/** See the top of this file. */
export function transferTargets(): FuzzTarget[] {
  const writes = connections("data-node", (scenario) => /^plain-(write|hflush)$/.test(scenario));
  const reads = connections("data-node", (scenario) => scenario === "plain-read");
  const sums = connections("data-node", (scenario) => /^plain-(checksum|composite)$/.test(scenario));
  const acks = writes.flatMap((bytes) => delimitedMessages(bytes, MESSAGES_MAX).slice(1));
  const headers = reads.map((bytes) => packetsOf(bytes).subarray(0, LENGTHS_BYTES + 27));
  const everything = connections("data-node");
  return [
    {
      name: "packet-header",
      run(spoilt, chance) {
        const bytes = spoilt(chance.of(headers), headers);
        if (bytes.length >= LENGTHS_BYTES) readLengths(bytes);
        decodePacketHeader(bytes.subarray(LENGTHS_BYTES));
      },
      isOwn: isFault,
    },
    {
      name: "pipeline-ack",
      run: (spoilt, chance) => void failedPlace(decodePipelineAck(spoilt(chance.of(acks), acks))),
      isOwn: isFault,
    },
    {
      name: "block-answer",
      async run(spoilt, chance) {
        const left = pieces(spoilt(chance.of(everything), everything), chance);
        const input = createByteInput({ read: async () => left.shift() ?? null });
        for (let message = 0; message < MESSAGES_MAX; message++) insistOnSuccess(await readAnswer(input));
      },
      isOwn: (error) => isFault(error) || error instanceof EndOfStream,
    },
    { name: "block-read", run: (spoilt, chance) => readWhole(reads, spoilt, chance), isOwn: isFault },
    { name: "pipeline", run: (spoilt, chance) => writeSome(writes, spoilt, chance), isOwn: isFault },
    {
      name: "transfer-handshake",
      run: (spoilt, chance) => shakeHands(spoilt, chance),
      isOwn: isFault,
    },
    {
      name: "file-checksum",
      run: (spoilt, chance) => sumFile(sums, spoilt, chance),
      isOwn: isTellable,
    },
  ];
}

function isFault(error: unknown): boolean {
  return error instanceof TransferFault;
}

/** What follows the answer. */
function packetsOf(connection: Uint8Array): Uint8Array {
  const [answer = NOTHING] = delimitedMessages(connection, 1);
  return connection.subarray(answer.length + (answer.length < 0x80 ? 1 : 2));
}

/** DataNodes that say what was recorded, on every connection. */
function dataNodesOf(bytes: Uint8Array, chance: Chance, handshake?: Handshake): DataNodes {
  const streams = { connect: async () => scriptedStream(bytes, chance) };
  const random = { bytes: (length: number) => new Uint8Array(length) };
  return createDataNodes({ clock: still, random, streams }, createWatchdog(still), { handshake });
}

async function readWhole(seeds: readonly Uint8Array[], spoilt: Spoilt, chance: Chance): Promise<void> {
  const bytes = spoilt(chance.of(seeds), seeds);
  const dataNodes = dataNodesOf(bytes, chance);
  const range = { offsetBytes: 0, lengthBytes: CONTENT.length };
  const { id } = node(1);
  if (id === undefined) throw new Error("a DataNode without an id");
  const read = { node: id, block, token, clientName: "fuzz", ...range };
  const found = joined((await Array.fromAsync(readBlock(dataNodes, read))).flat());
  if (found.length !== CONTENT.length) throw new WrongValue(`${found.length} bytes, not ${CONTENT.length}`);
  dataNodes.close();
}

async function writeSome(seeds: readonly Uint8Array[], spoilt: Spoilt, chance: Chance): Promise<void> {
  const over = Promise.withResolvers<PipelineFailure>();
  const setup = {
    nodes: [node(1), node(2)],
    storageIds: ["a", "b"],
    storageTypes: [],
    stage: Stage.PIPELINE_SETUP_CREATE,
    block,
    token,
    clientName: "fuzz",
    bytesMin: 0,
    bytesMax: 0,
    newGenerationStamp: 0n,
    sums: createChunkSums("crc32c", 512),
  };
  const events = { acknowledged: () => undefined, failed: over.resolve };
  const dataNodes = dataNodesOf(spoilt(chance.of(seeds), seeds), chance);
  const pipeline = await openPipeline(dataNodes, setup, events, [Uint8Array.of(1)]);
  await pipeline.setUp;
  // The script ends, so the pipeline does.
  const { place, fault } = await over.promise;
  if (place < 0 || place >= setup.nodes.length) throw new WrongValue(`blames DataNode ${place} of 2`);
  throw fault;
}

const handshakes = completedHandshakes();

async function shakeHands(spoilt: Spoilt, chance: Chance): Promise<void> {
  const handshake = createHandshake({
    world: { cryptography: constantCryptography },
    protections: qopsOf(chance.of(["privacy", "integrity", "authentication"])),
    encryptionKey: async () => null,
    forgetKey: () => undefined,
  });
  const bytes = spoilt(chance.of(handshakes), handshakes);
  const { id } = node(1);
  if (id === undefined) throw new Error("a DataNode without an id");
  const peer = await dataNodesOf(bytes, chance, handshake).dial(id, token);
  insistOnSuccess(await readAnswer(peer.input).catch(asFault));
}

function asFault(error: unknown): never {
  throw error instanceof EndOfStream ? new TransferFault("lost", error.message, error) : error;
}

function locatedFile(): LocatedBlocksProto {
  const { message } = readRpcAnswer(Uint8Array.fromBase64(answers.getBlockLocations));
  const { locations } = decode(ClientNamenodeProtocol.method.getBlockLocations.output, message);
  if (locations === undefined) throw new Error("no blocks were recorded");
  return locations;
}

async function sumFile(seeds: readonly Uint8Array[], spoilt: Spoilt, chance: Chance): Promise<void> {
  const located = locatedFile();
  const context: ReadContext = {
    clock: still,
    nameNode: {
      getBlockLocations: async () => located,
      reportBadBlocks: async () => undefined,
      getReplicaVisibleLength: async () => 0,
    },
    dataNodes: dataNodesOf(spoilt(chance.of(seeds), seeds), chance),
    deadNodes: createDeadNodes(still),
    clientName: "fuzz",
  };
  const mode = chance.once(2) ? "md5" : "composite";
  await fileChecksum(context, constantCryptography, "/f", mode);
}
