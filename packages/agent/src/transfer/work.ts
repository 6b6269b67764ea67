/** What an end of a transfer does, whichever end dialled: a source sends over the opened stream, a target receives. */
import type { ManifestSummary, MovedSummary } from "@coeval/core/model/certificate";
import type { Channel } from "@coeval/contract/wire/channel";

/** The steps of the source's end. */
export type Sends = "send-snapshots" | "serve-snapshots";
/** The steps of the target's end. */
export type Receives = "receive-snapshots" | "replicate-snapshots";

/** What an end holds when the transfer is over. */
export interface Held {
  readonly manifest: ManifestSummary;
  readonly moved: MovedSummary;
}

export interface TransferWork {
  /**
   * The conversation on one stream that both ends have opened: the source's ends when it has heard `finished`, the target's when it
   * may say so. Rejects when the stream breaks or is refused, and then nothing of it runs any more.
   * @param progressed called with each file that is whole at the target.
   */
  converse(channel: Channel, progressed: () => void): Promise<Held>;
  /** The peer says that all was over before. @throws CoevalError `protocol` when this end knows nothing of it. */
  recall(): Promise<Held>;
}
