/** Blocks of files as the wire carries them. Source: PBHelperClient.convert(LocatedBlocksProto) of
 * hadoop-hdfs-client 3.4. */
import type { FileBlocks, LocatedBlock } from "../hdfs/blocks.ts";
import type { FileStatus } from "../hdfs/file-status.ts";
import { MalformedMessage } from "../proto/decode.ts";
import type { LocatedBlockProto, LocatedBlocksProto } from "../proto/generated/block_pb.ts";
import type { DirectoryListingProto, HdfsFileStatusProto } from "../proto/generated/file_pb.ts";
import { toFileStatus } from "./file-status.ts";
import { count, present } from "./values.ts";

/** A file or directory with its blocks; null for what has none of its own (directories, links). */
export interface LocatedFileStatus extends FileStatus {
  readonly blocks: FileBlocks | null;
}

/** One page of a directory, with blocks. */
export interface LocatedPage {
  readonly entries: readonly LocatedFileStatus[];
  /** How many entries follow this page. */
  readonly remaining: number;
}

/** Throws {@link MalformedMessage}. */
export function toLocatedPage(listing: DirectoryListingProto): LocatedPage {
  return { entries: listing.partialListing.map(toLocatedStatus), remaining: listing.remainingEntries };
}

/** Throws {@link MalformedMessage}. */
export function toLocatedStatus(status: HdfsFileStatusProto): LocatedFileStatus {
  const { locations } = status;
  return { ...toFileStatus(status), blocks: locations === undefined ? null : toFileBlocks(locations) };
}

/** Throws {@link MalformedMessage}. */
export function toFileBlocks(located: LocatedBlocksProto): FileBlocks {
  return {
    fileLengthBytes: count(located.fileLength, "LocatedBlocks.fileLength"),
    underConstruction: located.underConstruction,
    lastBlockComplete: located.isLastBlockComplete,
    blocks: located.blocks.map(toLocatedBlock),
  };
}

function toLocatedBlock(located: LocatedBlockProto): LocatedBlock {
  const block = present(located.b, "LocatedBlock.b");
  return {
    blockId: BigInt.asIntN(64, block.blockId).toString(),
    blockPoolId: block.poolId,
    generationStamp: count(block.generationStamp, "ExtendedBlock.generationStamp"),
    offsetBytes: count(located.offset, "LocatedBlock.offset"),
    lengthBytes: count(block.numBytes, "ExtendedBlock.numBytes"),
    corrupt: located.corrupt,
    locations: located.locs.map(({ id }) => {
      const { ipAddr, xferPort } = present(id, "DatanodeInfo.id");
      if (ipAddr === "") throw new MalformedMessage("DatanodeID.ipAddr is empty");
      return `${ipAddr}:${xferPort}`;
    }),
  };
}
