/** A pipeline that broke is built again from the DataNodes that are left, or the block begun anew where nothing of it is
 * anywhere. Source: DataStreamer of Hadoop 3.4.2. */
import { HdfsError } from "../errors.ts";
import type { DatanodeInfoProto, LocatedBlockProto } from "../proto/generated/block_pb.ts";
import type { BlockWriterOptions } from "./block-origin.ts";
import {
  acknowledgedBlock,
  type BlockProgress,
  blame,
  givenUp,
  isClosing,
  recoveryStage,
  replaceBlock,
} from "./block-progress.ts";
import type { Link } from "./pipeline-link.ts";
import { type PipelineFailure, Stage } from "./pipeline.ts";
import { wantsReplacement, withReplacement } from "./pipeline-repair.ts";
import { blockOf } from "./replicas.ts";
import type { WriteContext } from "./write-context.ts";

/** Pipelines built in a row without an acknowledgement in between. */
export const RECOVERIES_MAX = 5;
/** Blocks given back because nothing could be written to their DataNodes; as `dfs.client.block.write.retries`. */
export const RESTARTS_MAX = 3;
/** How often the only DataNode is asked again that said it restarts. */
export const RESTART_WAITS_MAX = 8;
/** Before it is asked again. */
export const RESTART_WAIT_MS = 4_000;
/** Makes the link whole again; also takes up, for the first time, a block that is appended to. */
export function createRecovery(
  context: WriteContext,
  progress: BlockProgress,
  link: Link,
  { origin, cancel }: BlockWriterOptions,
): () => Promise<void> {
  const { nameNode, file } = context;
  let restarts = 0;
  let restartWaits = 0;
  let recoveries = 0;
  let ackedBytes = progress.ackedBytes;

  /** A new block in place of one of which no byte is known to be anywhere. */
  const restart = async (
    allocate: (exclude: readonly DatanodeInfoProto[]) => Promise<LocatedBlockProto>,
    isBlamed: boolean,
  ): Promise<void> => {
    if (isBlamed) restarts += 1;
    if (restarts > RESTARTS_MAX)
      throw givenUp(context, progress, `nor could ${RESTARTS_MAX} others in its place`);
    await nameNode.abandonBlock(file, progress.block, cancel);
    replaceBlock(progress, await allocated(context, progress, allocate));
    // Nothing is sent along this time, so that a failure is told for certain.
    if (!(await link.open(Stage.PIPELINE_SETUP_CREATE, 0n, []))) return;
    if (await link.isSetUp()) await link.send(progress.unacknowledged.frames());
  };

  const rebuild = async (isFirst: boolean): Promise<void> => {
    const closing = isClosing(progress);
    if (!closing && !isFirst) await replaceFailed(context, progress, cancel);
    const { block, token } = blockOf(await nameNode.updateBlockForPipeline(file, progress.block, cancel));
    progress.token = token;
    if (!(await link.open(recoveryStage(progress, isFirst), block.generationStamp, []))) return;
    if (!(await link.isSetUp())) return;
    const before = acknowledgedBlock(progress);
    const after = { ...before, generationStamp: block.generationStamp };
    await nameNode.updatePipeline(file, before, after, progress.pipeline, cancel);
    progress.block = after;
    progress.reopened = true;
    // A block that was only to be closed is closed by that.
    const last = closing ? progress.unacknowledged.oldest() : null;
    if (last === null) await link.send(progress.unacknowledged.frames());
    else link.acknowledged(last.sequence);
  };

  /** The only DataNode says that it comes back at once: it is waited for, a few times. */
  const comesBack = async ({ restarting }: PipelineFailure): Promise<boolean> => {
    if (!restarting || progress.pipeline.nodes.length > 1 || restartWaits === RESTART_WAITS_MAX) return false;
    restartWaits += 1;
    await context.clock.sleep(RESTART_WAIT_MS, cancel);
    return true;
  };

  return async () => {
    if (origin.kind === "append" && !progress.reopened && link.failure === null) await rebuild(true);
    for (let failure = link.takeFailure(); failure !== null; failure = link.takeFailure()) {
      cancel?.throwIfAborted();
      const isBlamed = failure.unclear !== true && !(await comesBack(failure));
      if (isBlamed) blame(progress, failure, context.dataNodes);
      if (origin.kind === "new" && !progress.rooted) {
        await restart(origin.allocate, isBlamed);
        continue;
      }
      if (progress.ackedBytes > ackedBytes) recoveries = 0;
      ackedBytes = progress.ackedBytes;
      recoveries += 1;
      if (recoveries > RECOVERIES_MAX)
        throw givenUp(context, progress, `after ${RECOVERIES_MAX} pipelines in a row`);
      if (progress.pipeline.nodes.length === 0) throw givenUp(context, progress, "no DataNode of it is left");
      await rebuild(false);
    }
  };
}

/** Another DataNode in place of one that failed, where that is worth it. */
async function replaceFailed(
  context: WriteContext,
  progress: BlockProgress,
  cancel: AbortSignal | undefined,
): Promise<void> {
  const { pipeline, reliedOn, failed } = progress;
  if (!wantsReplacement(context.replication, pipeline.nodes.length, reliedOn)) return;
  progress.pipeline = await withReplacement(context, acknowledgedBlock(progress), pipeline, failed, cancel);
}

/** Where the NameNode has no other DataNode the error tells what those said that it had given before: a DataNode whose disk
 * is full says no more than that it ends the connection. */
async function allocated(
  context: WriteContext,
  progress: BlockProgress,
  allocate: (exclude: readonly DatanodeInfoProto[]) => Promise<LocatedBlockProto>,
): Promise<LocatedBlockProto> {
  try {
    return await allocate(progress.failed);
  } catch (error) {
    if (error instanceof HdfsError && error.code === "diskFull") {
      throw givenUp(context, progress, "and the NameNode has no other DataNode for it", "diskFull");
    }
    throw error;
  }
}
