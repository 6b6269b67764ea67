/** The connection of the moment to a block's pipeline, over all that come one after the other. */
import type { BlockWriterOptions } from "./block-origin.ts";
import type { BlockProgress } from "./block-progress.ts";
import { TransferFault } from "./fault.ts";
import {
  openPipeline,
  type Pipeline,
  type PipelineFailure,
  type PipelineSetup,
  type Stage,
} from "./pipeline.ts";
import type { WriteContext } from "./write-context.ts";

/** Below half of the DataNodes' 60 s. */
export const HEARTBEAT_MS = 20_000;

/** The connection of the moment, and what became of it. */
export interface Link {
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

/** See {@link Link}. */
export function createLink(
  context: WriteContext,
  progress: BlockProgress,
  { released, cancel }: BlockWriterOptions,
): Link {
  let pipeline: Pipeline | null = null;
  let failure: PipelineFailure | null = null;
  let hasFailed = false;
  let closed = false;
  const changed = createSignal();
  const failed = (found: PipelineFailure): void => {
    pipeline?.close();
    failure ??= found;
    hasFailed = true;
    changed.tell();
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
    changed.tell();
  };

  keepAlive(context, () => (closed ? null : { beat: () => pipeline?.beat() }));

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
    change: changed.wait,
    takeFailure() {
      const found = failure;
      failure = null;
      return found;
    },
    async open(stage, newGenerationStamp, frames) {
      const setup = { ...setupOf(context, progress), stage, newGenerationStamp };
      try {
        pipeline = await openPipeline(context.dataNodes, setup, { acknowledged, failed }, frames, cancel);
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
      changed.tell();
    },
  };
}

/** Heartbeats for the pipeline of the moment, until there is a null for it. */
function keepAlive(
  { clock, watchdog }: WriteContext,
  current: () => { readonly beat: () => void } | null,
): void {
  let beatMs = clock.elapsedMs();
  watchdog.everyTick(() => {
    const nowMs = clock.elapsedMs();
    if (nowMs - beatMs >= HEARTBEAT_MS) {
      beatMs = nowMs;
      current()?.beat();
    }
    return current() !== null;
  });
}

/** What the DataNodes are told of the block, whatever it is set up for. */
function setupOf(
  { clientName, sums, blockSizeBytes }: WriteContext,
  { block, pipeline, token, ackedBytes, sentBytes }: BlockProgress,
): Omit<PipelineSetup, "stage" | "newGenerationStamp"> {
  const range = { bytesMin: ackedBytes, bytesMax: sentBytes };
  return {
    ...pipeline,
    block: { ...block, numBytes: BigInt(blockSizeBytes) },
    token,
    clientName,
    ...range,
    sums,
  };
}

/** Wakes who waits for the next change. */
function createSignal(): { readonly tell: () => void; readonly wait: () => Promise<void> } {
  let next: PromiseWithResolvers<void> | null = null;
  return {
    tell() {
      next?.resolve();
      next = null;
    },
    wait() {
      next ??= Promise.withResolvers();
      return next.promise;
    },
  };
}
