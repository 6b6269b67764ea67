/** One connection to the first DataNode of a pipeline, through which a block goes to all of them: the operation that
 * sets it up, packets, acknowledgements, heartbeats. Source: DataStreamer, BlockReceiver of Hadoop 3.4.2. */
import { create } from "@bufbuild/protobuf";
import type { DatanodeInfoProto, ExtendedBlockProto, StorageTypeProto } from "../proto/generated/block_pb.ts";
import { ChecksumTypeProto } from "../proto/generated/checksum_pb.ts";
import {
  OpWriteBlockProtoSchema,
  OpWriteBlockProto_BlockConstructionStage as Stage,
  Status,
} from "../proto/generated/datatransfer_pb.ts";
import type { TokenProto } from "../proto/generated/security_pb.ts";
import type { ChunkSums } from "./chunk-sums.ts";
import type { DataNodes } from "./data-nodes.ts";
import { readDelimited } from "./delimited.ts";
import { TransferFault } from "./fault.ts";
import {
  ANSWER_BYTES_MAX,
  clientHeader,
  encodeOperation,
  insistOnSuccess,
  readAnswer,
  statusName,
} from "./operation.ts";
import { decodePipelineAck, failedPlace } from "./pipeline-ack.ts";
import type { Peer } from "./peer.ts";
import { idOf } from "./replicas.ts";
import { HEARTBEAT_SEQUENCE, heartbeat } from "./write-packet.ts";

export { Stage };

/** The DataNodes that a block goes to, in order; all lists are of one length. */
export interface PipelineNodes {
  readonly nodes: readonly DatanodeInfoProto[];
  readonly storageIds: readonly string[];
  readonly storageTypes: readonly StorageTypeProto[];
}

/** How a pipeline is set up. */
export interface PipelineSetup extends PipelineNodes {
  readonly stage: Stage;
  /** Under the generation stamp that the DataNodes know. `numBytes`: the file's block size. */
  readonly block: ExtendedBlockProto;
  readonly token: TokenProto;
  readonly clientName: string;
  /** What all DataNodes have at least, and at most. */
  readonly bytesMin: number;
  readonly bytesMax: number;
  /** Of the block from now on; 0 for a new block. */
  readonly newGenerationStamp: bigint;
  readonly sums: ChunkSums;
}

/** Which DataNode of the pipeline failed, and how. */
export interface PipelineFailure {
  readonly place: number;
  readonly fault: TransferFault;
  /** The DataNode said that it is coming back at once. */
  readonly restarting: boolean;
  /** The connection was lost before the setup was answered, with packets sent along: any DataNode may be to blame, for the first
   * one's answer dies with a connection that it closes on bytes it has not read. */
  readonly unclear?: boolean;
}

/** What happens on it. `failed` is called once, last. */
export interface PipelineEvents {
  acknowledged(sequence: number): void;
  failed(failure: PipelineFailure): void;
}

/** See the top of this file. */
export interface Pipeline {
  /** The DataNodes have answered the setup, or `failed` was called. */
  readonly setUp: Promise<boolean>;
  /** Resolves when there is room for more. Sent in order of the calls; a failure is told to `failed` alone. */
  send(...frames: readonly Uint8Array[]): Promise<void>;
  /** Sends a heartbeat when nothing was sent since the last call. */
  beat(): void;
  /** Ends the connection; nothing is told any more. */
  close(): void;
}

/** What each further DataNode may take, as Hadoop's HdfsConstants.READ_TIMEOUT_EXTENSION. */
export const SILENCE_MS_EACH = 5_000;

/** Connects and sends the setup and, with it, `frames`: they need not wait for the answer. Fails with a
 * {@link TransferFault} when the first DataNode cannot be reached. */
export async function openPipeline(
  dataNodes: DataNodes,
  setup: PipelineSetup,
  events: PipelineEvents,
  frames: readonly Uint8Array[],
  cancel?: AbortSignal,
): Promise<Pipeline> {
  const first = setup.nodes[0];
  if (first === undefined) throw new RangeError("a pipeline has at least one DataNode");
  const peer = await dataNodes.dial(idOf(first), setup.token, cancel, SILENCE_MS_EACH * setup.nodes.length);
  let over = false;
  let unclear = frames.length > 0;
  let sentSinceBeat = true;
  const fail = (failure: PipelineFailure): void => {
    peer.close();
    if (over) return;
    over = true;
    events.failed(unclear && failure.fault.kind === "lost" ? { ...failure, unclear } : failure);
  };
  const send = async (...bytes: readonly Uint8Array[]): Promise<void> => {
    sentSinceBeat = true;
    try {
      await peer.write(...bytes);
    } catch (error) {
      fail(asFailure(error));
    }
  };
  const setUp = (async () => {
    try {
      await answered(peer, setup);
      unclear = false;
      if (setup.stage === Stage.PIPELINE_CLOSE_RECOVERY) {
        // With its answer the block is closed: the DataNode then ends the connection, which is no failure.
        over = true;
        peer.close();
        return true;
      }
    } catch (error) {
      fail(error instanceof SetupFailure ? error.failure : asFailure(error));
      return false;
    }
    listen(peer, setup, events, () => over).catch((error: unknown) =>
      fail(error instanceof SetupFailure ? error.failure : asFailure(error)),
    );
    return true;
  })();
  await send(encodeSetup(setup), ...frames);
  return {
    setUp,
    send,
    beat() {
      if (!sentSinceBeat && !over) void send(heartbeat());
      sentSinceBeat = false;
    },
    close() {
      over = true;
      peer.close();
    },
  };
}

/** Carries a failure out of the reading side. */
class SetupFailure extends Error {
  readonly failure: PipelineFailure;

  constructor(failure: PipelineFailure) {
    super(failure.fault.message);
    this.failure = failure;
  }
}

/** The connection is with the first DataNode, so a lost one is its failure. Defects are not caught. */
function asFailure(error: unknown): PipelineFailure {
  if (error instanceof TransferFault) return { place: 0, fault: error, restarting: false };
  throw error;
}

async function answered(peer: Peer, { nodes }: PipelineSetup): Promise<void> {
  const answer = await readAnswer(peer.input);
  try {
    insistOnSuccess(answer);
  } catch (error) {
    if (!(error instanceof TransferFault)) throw error;
    const bad = nodes.findIndex(
      (node) => `${idOf(node).ipAddr}:${idOf(node).xferPort}` === answer.firstBadLink,
    );
    const restarting = answer.status === Status.OOB_RESTART;
    throw new SetupFailure({ place: Math.max(0, bad), fault: error, restarting });
  }
}

/** Tells of acknowledgements until there is an error or the pipeline is closed. */
async function listen(
  { input }: Peer,
  { nodes }: PipelineSetup,
  events: PipelineEvents,
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    const ack = decodePipelineAck(await readDelimited(input, ANSWER_BYTES_MAX));
    const place = failedPlace(ack);
    if (place >= nodes.length)
      throw new TransferFault("malformed", "an acknowledgement of more DataNodes than the pipeline has");
    if (place >= 0) {
      const status = ack.statuses[place] as number;
      const fault = new TransferFault(
        status === Status.ERROR_CHECKSUM ? "checksum" : "refused",
        `answered ${statusName(status)} to a packet`,
      );
      throw new SetupFailure({ place, fault, restarting: status === Status.OOB_RESTART });
    }
    if (ack.sequence !== HEARTBEAT_SEQUENCE) events.acknowledged(ack.sequence);
  }
}

function encodeSetup(setup: PipelineSetup): Uint8Array {
  const { nodes, storageIds, storageTypes, sums } = setup;
  const type = sums.kind === "crc32" ? ChecksumTypeProto.CHECKSUM_CRC32 : ChecksumTypeProto.CHECKSUM_CRC32C;
  const first = { type: storageTypes[0], id: storageIds[0] };
  const message = create(OpWriteBlockProtoSchema, {
    header: clientHeader(setup.block, setup.token, setup.clientName),
    targets: nodes.slice(1),
    stage: setup.stage,
    pipelineSize: nodes.length,
    minBytesRcvd: BigInt(setup.bytesMin),
    maxBytesRcvd: BigInt(setup.bytesMax),
    latestGenerationStamp: setup.newGenerationStamp,
    requestedChecksum: { type, bytesPerChecksum: sums.bytesPerChunk },
    ...(first.type === undefined ? {} : { storageType: first.type }),
    targetStorageTypes: storageTypes.slice(1),
    ...(first.id === undefined ? {} : { storageId: first.id }),
    targetStorageIds: storageIds.slice(1),
  });
  return encodeOperation("writeBlock", OpWriteBlockProtoSchema, message);
}
