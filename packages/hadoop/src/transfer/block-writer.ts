/** One block on its way to its DataNodes. Packets are kept until every DataNode has acknowledged them; a pipeline that
 * breaks is built again from the DataNodes that are left and goes on where they stand. Source: DataStreamer of
 * Hadoop 3.4.2, and the design of append and hflush (HDFS-265). */
import type { ExtendedBlockProto } from "../proto/generated/block_pb.ts";
import type { BlockWriterOptions } from "./block-origin.ts";
import { acknowledgedBlock, createBlockProgress } from "./block-progress.ts";
import { createRecovery } from "./block-recovery.ts";
import { createLink } from "./pipeline-link.ts";
import { Stage } from "./pipeline.ts";
import { type WriteContext, writeFailure } from "./write-context.ts";
import type { WritePacket } from "./write-packet.ts";

/** Sent, but not acknowledged: beyond it `send` waits. */
export const WINDOW_BYTES_MAX = 2 * 1024 * 1024;
/** See the top of this file. */
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
