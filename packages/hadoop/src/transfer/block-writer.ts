/** One block on its way to its DataNodes. Packets are kept until every DataNode has acknowledged them; a pipeline that
 * breaks is built again from the DataNodes that are left and goes on where they stand. Source: DataStreamer of
 * Hadoop 3.4.2, and the design of append and hflush (HDFS-265). */
import type {
  DatanodeInfoProto,
  ExtendedBlockProto,
  LocatedBlockProto,
} from "../proto/generated/block_pb.ts";
import {
  acknowledgedBlock,
  type BlockProgress,
  blame,
  createBlockProgress,
  givenUp,
  isClosing,
  recoveryStage,
  replaceBlock,
} from "./block-progress.ts";
import { TransferFault } from "./fault.ts";
import { openPipeline, type Pipeline, type PipelineFailure, Stage } from "./pipeline.ts";
import { wantsReplacement, withReplacement } from "./pipeline-repair.ts";
import { blockOf } from "./replicas.ts";
import { type WriteContext, writeFailure } from "./write-context.ts";
import type { WritePacket } from "./write-packet.ts";

/** Sent, but not acknowledged: beyond it `send` waits. */
export const WINDOW_BYTES_MAX = 8 * 1024 * 1024;
/** Pipelines built in a row without an acknowledgement in between. */
export const RECOVERIES_MAX = 5;
/** Blocks given back because nothing could be written to their DataNodes; as `dfs.client.block.write.retries`. */
export const RESTARTS_MAX = 3;
/** How often the only DataNode is asked again that said it restarts, and how long is waited before. */
export const RESTART_WAITS_MAX = 8;
export const RESTART_WAIT_MS = 4_000;
/** Below half of the DataNodes' 60 s. */
export const HEARTBEAT_MS = 20_000;

export interface BlockWriter {
  /** Resolves when the packets are sent and there is room in the window. They must follow on those before. */
  send(...packets: readonly WritePacket[]): Promise<void>;
  /** Every DataNode has what was sent. */
  flushed(): Promise<void>;
  /** Readers rely on what is written: DataNodes that fail are replaced from now on. */
  rely(): void;
  /** The block as the NameNode must be told of it: with its stamp and the length that is acknowledged. */
  block(): ExtendedBlockProto;
  /** Ends the connection, at once. Safe to call twice. */
  close(): void;
}

/** Where a block comes from: a new one, or the last one of a file that is appended to. */
export type BlockOrigin =
  | {
      readonly kind: "new";
      readonly allocate: (exclude: readonly DatanodeInfoProto[]) => Promise<LocatedBlockProto>;
    }
  | { readonly kind: "append"; readonly located: LocatedBlockProto };

export interface BlockWriterOptions {
  readonly origin: BlockOrigin;
  /** The packet is acknowledged; `reusable` is false when a broken connection may still hold its buffer. */
  readonly released: (packet: WritePacket, reusable: boolean) => void;
  readonly cancel?: AbortSignal | undefined;
}

/** Allocates the block. A new one is connected to with its first packet; one that is appended to stands when this
 * resolves. Fails with an HdfsError, or with the signal's reason. */
export async function createBlockWriter(
  context: WriteContext,
  options: BlockWriterOptions,
): Promise<BlockWriter> {
  const { origin, cancel } = options;
  cancel?.throwIfAborted();
  const located = origin.kind === "new" ? await origin.allocate([]) : origin.located;
  const progress = createBlockProgress(located, origin.kind === "append");
  const link = createLink(context, progress, options);
  const recover = createRecovery(context, progress, link, options);
  const closeLink = (): void => {
    cancel?.removeEventListener("abort", closeLink);
    link.close();
  };
  cancel?.addEventListener("abort", closeLink, { once: true });

  /** Waits for something to happen, or sees to what has. */
  const step = async (): Promise<void> => {
    cancel?.throwIfAborted();
    if (link.closed)
      throw writeFailure(context, "connectionLost", "the file was closed while it was written");
    await (link.failure === null ? link.change() : recover());
  };
  if (origin.kind === "append") {
    try {
      await recover();
    } catch (error) {
      closeLink();
      throw error;
    }
  }

  return {
    async send(...packets) {
      while (progress.unacknowledged.bytes >= WINDOW_BYTES_MAX || link.failure !== null) await step();
      cancel?.throwIfAborted();
      for (const packet of packets) {
        progress.unacknowledged.add(packet);
        progress.sentBytes = packet.endBytes;
      }
      if (link.connected) await link.send(packets.map(({ frame }) => frame));
      else if (!(await link.open(Stage.PIPELINE_SETUP_CREATE, 0n, progress.unacknowledged.frames())))
        await recover();
    },
    async flushed() {
      while (progress.unacknowledged.count > 0) await step();
    },
    rely() {
      progress.reliedOn = true;
    },
    block: () => acknowledgedBlock(progress),
    close: closeLink,
  };
}

/** The connection of the moment, and what became of it. */
interface Link {
  readonly connected: boolean;
  readonly closed: boolean;
  readonly failure: PipelineFailure | null;
  /** Resolves at the next acknowledgement or failure. */
  change(): Promise<void>;
  /** Forgets the failure: it is being seen to. */
  takeFailure(): PipelineFailure | null;
  /** Sends the setup and `frames` with it; false when that failed, as `failure` then tells. */
  open(stage: Stage, newGenerationStamp: bigint, frames: readonly Uint8Array[]): Promise<boolean>;
  /** The DataNodes have agreed to the setup. */
  isSetUp(): Promise<boolean>;
  send(frames: readonly Uint8Array[]): Promise<void>;
  acknowledged(sequence: number): void;
  close(): void;
}

function createLink(
  context: WriteContext,
  progress: BlockProgress,
  { released, cancel }: BlockWriterOptions,
): Link {
  let pipeline: Pipeline | null = null;
  let failure: PipelineFailure | null = null;
  let hasFailed = false;
  let closed = false;
  let changed: PromiseWithResolvers<void> | null = null;
  const wake = (): void => {
    changed?.resolve();
    changed = null;
  };
  const failed = (found: PipelineFailure): void => {
    pipeline?.close();
    failure ??= found;
    hasFailed = true;
    wake();
  };
  const acknowledged = (sequence: number): void => {
    const packet = progress.unacknowledged.acknowledge(sequence);
    if (packet === null) {
      const fault = new TransferFault("malformed", `acknowledged packet ${sequence} out of turn`);
      failed({ place: 0, fault, restarting: false });
      return;
    }
    progress.ackedBytes = packet.endBytes;
    progress.rooted = true;
    released(packet, !hasFailed);
    wake();
  };

  let beatMs = context.clock.elapsedMs();
  context.watchdog.everyTick(() => {
    const nowMs = context.clock.elapsedMs();
    if (nowMs - beatMs < HEARTBEAT_MS) return !closed;
    beatMs = nowMs;
    pipeline?.beat();
    return !closed;
  });

  return {
    get connected() {
      return pipeline !== null;
    },
    get closed() {
      return closed;
    },
    get failure() {
      return failure;
    },
    async change() {
      changed ??= Promise.withResolvers();
      await changed.promise;
    },
    takeFailure() {
      const found = failure;
      failure = null;
      return found;
    },
    async open(stage, newGenerationStamp, frames) {
      const { dataNodes, clientName, sums, blockSizeBytes } = context;
      const { ackedBytes, sentBytes, token } = progress;
      const block = { ...progress.block, numBytes: BigInt(blockSizeBytes) };
      const range = { bytesMin: ackedBytes, bytesMax: sentBytes };
      const setup = {
        ...progress.pipeline,
        stage,
        block,
        token,
        clientName,
        ...range,
        newGenerationStamp,
        sums,
      };
      try {
        pipeline = await openPipeline(dataNodes, setup, { acknowledged, failed }, frames, cancel);
        // Closed, or cancelled, while it connected.
        if (closed || failure !== null) pipeline.close();
      } catch (error) {
        cancel?.throwIfAborted();
        if (!(error instanceof TransferFault)) throw error;
        failed({ place: 0, fault: error, restarting: false });
      }
      return failure === null;
    },
    isSetUp: async () => (await pipeline?.setUp) === true && failure === null,
    async send(frames) {
      await pipeline?.send(...frames);
    },
    acknowledged,
    close() {
      closed = true;
      pipeline?.close();
      wake();
    },
  };
}

/** Makes the link whole again; also takes up, for the first time, a block that is appended to. */
function createRecovery(
  context: WriteContext,
  progress: BlockProgress,
  link: Link,
  { origin, cancel }: BlockWriterOptions,
): () => Promise<void> {
  const { nameNode, file, replication } = context;
  let restarts = 0;
  let restartWaits = 0;
  let recoveries = 0;
  let ackedBytes = progress.ackedBytes;

  /** A new block in place of one of which no byte is known to be anywhere. */
  const restart = async (
    allocate: (exclude: readonly DatanodeInfoProto[]) => Promise<LocatedBlockProto>,
  ): Promise<void> => {
    restarts += 1;
    if (restarts > RESTARTS_MAX)
      throw givenUp(context, progress, `nor could ${RESTARTS_MAX} others in its place`);
    await nameNode.abandonBlock(file, progress.block, cancel);
    replaceBlock(progress, await allocate(progress.failed));
    await link.open(Stage.PIPELINE_SETUP_CREATE, 0n, progress.unacknowledged.frames());
  };

  const rebuild = async (isFirst: boolean): Promise<void> => {
    const closing = isClosing(progress);
    if (
      !closing &&
      !isFirst &&
      wantsReplacement(replication, progress.pipeline.nodes.length, progress.reliedOn)
    ) {
      progress.pipeline = await withReplacement(
        context,
        acknowledgedBlock(progress),
        progress.pipeline,
        progress.failed,
        cancel,
      );
    }
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
      if (!(await comesBack(failure))) blame(progress, failure, context.dataNodes);
      if (origin.kind === "new" && !progress.rooted) {
        await restart(origin.allocate);
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
