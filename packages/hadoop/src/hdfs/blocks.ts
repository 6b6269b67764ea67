/** Where the bytes of a file lie. */

/**
 * Blocks of a file, or of the file as a snapshot path shows it. Source: ClientProtocol.getBlockLocations.
 *
 * On a snapshot path `underConstruction` is always false, and a block's length and generation stamp are the block's
 * present ones: clip it to `fileLengthBytes`.
 */
export interface FileBlocks {
  /** The length of the complete blocks; of a file open for writing the last block is missing in it. */
  readonly fileLengthBytes: number;
  /** Open for writing. */
  readonly underConstruction: boolean;
  readonly lastBlockComplete: boolean;
  readonly blocks: readonly LocatedBlock[];
}

/** One block and where its replicas are. */
export interface LocatedBlock {
  /** Decimal; as text, because ids of erasure-coded block groups do not fit a double. */
  readonly blockId: string;
  readonly blockPoolId: string;
  readonly generationStamp: number;
  /** Offset of the block's first byte in the file. */
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  /** Every known replica is corrupt. */
  readonly corrupt: boolean;
  /** `host:port` of the DataNodes' transfer port. */
  readonly locations: readonly string[];
}
