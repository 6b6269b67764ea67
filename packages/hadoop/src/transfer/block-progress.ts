/** How far a block is, and where: the facts that sending, acknowledgements and recovery share. */
import type { HdfsError, HdfsErrorCode } from "../errors.ts";
import type {
  DatanodeInfoProto,
  ExtendedBlockProto,
  LocatedBlockProto,
} from "../proto/generated/block_pb.ts";
import type { TokenProto } from "../proto/generated/security_pb.ts";
import { SaslError } from "../sasl/sasl-error.ts";
import type { DataNodes } from "./data-nodes.ts";
import { type PipelineFailure, type PipelineNodes, Stage } from "./pipeline.ts";
import { pipelineOf, without } from "./pipeline-repair.ts";
import { blockOf, idOf } from "./replicas.ts";
import { createUnacknowledged, type Unacknowledged } from "./unacknowledged.ts";
import { type WriteContext, writeFailure } from "./write-context.ts";

/** See the top of this file. */
export interface BlockProgress {
  readonly appending: boolean;
  readonly unacknowledged: Unacknowledged;
  pipeline: PipelineNodes;
  token: TokenProto;
  /** With the generation stamp that the DataNodes know. */
  block: ExtendedBlockProto;
  /** Every DataNode has so much of the block. */
  ackedBytes: number;
  /** Some may have so much. */
  sentBytes: number;
  /** Some DataNode is known to have some of it, so that it cannot be begun anew. */
  rooted: boolean;
  /** For an appended block: its DataNodes have taken it up again. */
  reopened: boolean;
  /** Readers may rely on what is written. */
  reliedOn: boolean;
  /** Not to be used again for this block, and what they said. */
  readonly failed: DatanodeInfoProto[];
  readonly said: string[];
  /** A DataNode failed otherwise than by refusing the proof, or the protection, that it was offered. */
  otherwise: boolean;
}

/** Of a block as the NameNode has just placed it, or as it is to be appended to. */
export function createBlockProgress(located: LocatedBlockProto, appending: boolean): BlockProgress {
  const { block, token } = blockOf(located);
  const lengthBytes = Number(block.numBytes);
  return {
    appending,
    unacknowledged: createUnacknowledged(),
    pipeline: pipelineOf(located),
    token,
    block,
    ackedBytes: lengthBytes,
    sentBytes: lengthBytes,
    rooted: appending,
    reopened: false,
    reliedOn: appending,
    failed: [],
    said: [],
    otherwise: false,
  };
}

/** Another block in place of one that never got rooted. */
export function replaceBlock(progress: BlockProgress, located: LocatedBlockProto): void {
  const { block, token } = blockOf(located);
  progress.block = block;
  progress.token = token;
  progress.pipeline = pipelineOf(located);
}

/** The block as the NameNode and further DataNodes are told of it: as long as every DataNode has it. */
export function acknowledgedBlock({ block, ackedBytes }: BlockProgress): ExtendedBlockProto {
  return { ...block, numBytes: BigInt(ackedBytes) };
}

/** Only the packet that ends the block is still to be acknowledged. */
export function isClosing({ unacknowledged }: BlockProgress): boolean {
  return unacknowledged.oldest()?.last === true;
}

/** What a pipeline that is built again is for. */
export function recoveryStage(progress: BlockProgress, isFirst: boolean): Stage {
  if (isClosing(progress)) return Stage.PIPELINE_CLOSE_RECOVERY;
  if (!progress.appending || progress.reopened) return Stage.PIPELINE_SETUP_STREAMING_RECOVERY;
  return isFirst ? Stage.PIPELINE_SETUP_APPEND : Stage.PIPELINE_SETUP_APPEND_RECOVERY;
}

/** Writes down who failed; the DataNode leaves the pipeline, unless it was only the token that had expired. */
export function blame(
  progress: BlockProgress,
  { place, fault }: PipelineFailure,
  dataNodes: DataNodes,
): void {
  const node = progress.pipeline.nodes[place];
  if (node === undefined) return;
  progress.said.push(`${dataNodes.addressOf(idOf(node))} ${fault.message}`);
  progress.otherwise ||= !(fault.cause instanceof SaslError);
  if (fault.kind === "token") return;
  progress.failed.push(node);
  progress.pipeline = without(progress.pipeline, place);
}

/** Of a block that cannot be written: `authentication` where every DataNode refused the handshake, else `code`. */
export function givenUp(
  context: WriteContext,
  { block, said, otherwise }: BlockProgress,
  why: string,
  code: HdfsErrorCode = "connectionLost",
): HdfsError {
  const refused = said.length > 0 && !otherwise;
  const name = `block blk_${block.blockId}_${block.generationStamp} of ${block.poolId}`;
  return writeFailure(
    context,
    refused ? "authentication" : code,
    `${name} cannot be written, ${why}: ${said.join("; ")}`,
  );
}
