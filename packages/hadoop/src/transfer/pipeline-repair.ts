/** A pipeline that lost a DataNode gets another one in its place, where that is worth the copy of what is written
 * already. Source: ReplaceDatanodeOnFailure, DataStreamer of Hadoop 3.4.2. */
import { create } from "@bufbuild/protobuf";
import { HdfsError } from "../errors.ts";
import type {
  DatanodeInfoProto,
  ExtendedBlockProto,
  LocatedBlockProto,
} from "../proto/generated/block_pb.ts";
import { OpTransferBlockProtoSchema } from "../proto/generated/datatransfer_pb.ts";
import type { TokenProto } from "../proto/generated/security_pb.ts";
import { TransferFault } from "./fault.ts";
import { clientHeader, encodeOperation, insistOnSuccess, readAnswer } from "./operation.ts";
import type { PipelineNodes } from "./pipeline.ts";
import { blockOf, idOf } from "./replicas.ts";
import type { WriteContext } from "./write-context.ts";

/** How many new DataNodes are tried. */
export const REPLACEMENTS_MAX = 3;

/** As Hadoop's default policy: of three or more replicas, when half or fewer are left, or when readers already rely on
 * what is written. */
export function wantsReplacement(replication: number, left: number, readersRely: boolean): boolean {
  return (
    replication >= 3 && left > 0 && left < replication && (left <= Math.floor(replication / 2) || readersRely)
  );
}

/**
 * The pipeline with one more DataNode, which has been given what the others have; the pipeline as it is when the cluster has no
 * other DataNode, or none that takes the copy: what is left of the pipeline goes on, and the NameNode replicates the block afterwards
 * (as with Hadoop's `dfs.client.block.write.replace-datanode-on-failure.best-effort`).
 */
export async function withReplacement(
  context: WriteContext,
  block: ExtendedBlockProto,
  pipeline: PipelineNodes,
  failed: readonly DatanodeInfoProto[],
  cancel?: AbortSignal,
): Promise<PipelineNodes> {
  const exclude = [...failed];
  for (let tries = 0; tries < REPLACEMENTS_MAX; tries++) {
    const located = await additional(context, block, pipeline, exclude, cancel);
    const known = new Set(pipeline.nodes.map((node) => idOf(node).datanodeUuid));
    const place = located?.locs.findIndex((node) => !known.has(idOf(node).datanodeUuid)) ?? -1;
    const added = located?.locs[place];
    if (located === null || added === undefined) return pipeline;
    const source = pipeline.nodes[tries % pipeline.nodes.length] as DatanodeInfoProto;
    const grown = pipelineOf(located);
    try {
      await transfer(context, block, blockOf(located).token, source, only(grown, place), cancel);
      return grown;
    } catch (error) {
      if (!(error instanceof TransferFault)) throw error;
      exclude.push(added);
    }
  }
  return pipeline;
}

/** Null when the NameNode has no further DataNode. */
async function additional(
  { nameNode, file }: WriteContext,
  block: ExtendedBlockProto,
  pipeline: PipelineNodes,
  exclude: readonly DatanodeInfoProto[],
  cancel: AbortSignal | undefined,
): Promise<LocatedBlockProto | null> {
  try {
    return await nameNode.getAdditionalDatanode(file, block, pipeline, { exclude }, cancel);
  } catch (error) {
    if (error instanceof HdfsError && error.code === "diskFull") return null;
    throw error;
  }
}

async function transfer(
  { dataNodes, clientName }: WriteContext,
  block: ExtendedBlockProto,
  token: TokenProto,
  source: DatanodeInfoProto,
  target: PipelineNodes,
  cancel: AbortSignal | undefined,
): Promise<void> {
  const peer = await dataNodes.dial(idOf(source), token, cancel);
  try {
    const message = create(OpTransferBlockProtoSchema, {
      header: clientHeader(block, token, clientName),
      targets: [...target.nodes],
      targetStorageTypes: [...target.storageTypes],
      targetStorageIds: [...target.storageIds],
    });
    await peer.write(encodeOperation("transferBlock", OpTransferBlockProtoSchema, message));
    insistOnSuccess(await readAnswer(peer.input));
  } finally {
    peer.close();
  }
}

/** The DataNodes of a block that the NameNode has placed. */
export function pipelineOf({ locs, storageIDs, storageTypes }: LocatedBlockProto): PipelineNodes {
  return { nodes: locs, storageIds: storageIDs, storageTypes };
}

function only({ nodes, storageIds, storageTypes }: PipelineNodes, place: number): PipelineNodes {
  const one = <T>(list: readonly T[]): T[] => list.slice(place, place + 1);
  return { nodes: one(nodes), storageIds: one(storageIds), storageTypes: one(storageTypes) };
}

/** The pipeline without the DataNode at `place`. */
export function without({ nodes, storageIds, storageTypes }: PipelineNodes, place: number): PipelineNodes {
  const others = <T>(list: readonly T[]): T[] => list.filter((_, index) => index !== place);
  return { nodes: others(nodes), storageIds: others(storageIds), storageTypes: others(storageTypes) };
}
