/** Blocks, sizes, quotas and checksums as WebHDFS writes them. Source: JsonUtil.toJsonMap(LocatedBlocks),
 * JsonUtil.toJsonString(ContentSummary), JsonUtil.toJsonString(MD5MD5CRC32FileChecksum). */
import type { FileBlocks, LocatedBlock } from "../hdfs/blocks.ts";
import type { FileChecksum } from "../hdfs/cluster-info.ts";
import type { ContentSummary, Quota, QuotaUsage } from "../hdfs/content-summary.ts";
import { Fields, MalformedAnswer } from "./decode.ts";

/** Answer of GET_BLOCK_LOCATIONS, read by parseExact: ids of striped blocks are below -2^53. */
export function decodeFileBlocks(json: unknown): FileBlocks {
  const fields = new Fields(json, "answer").object("LocatedBlocks");
  return {
    fileLengthBytes: fields.count("fileLength"),
    underConstruction: fields.flag("isUnderConstruction"),
    lastBlockComplete: fields.flag("isLastBlockComplete"),
    blocks: fields.objects("locatedBlocks").map(decodeBlock),
  };
}

function decodeBlock(fields: Fields): LocatedBlock {
  const block = fields.object("block");
  return {
    blockId: block.digits("blockId"),
    blockPoolId: block.text("blockPoolId"),
    generationStamp: block.count("generationStamp"),
    offsetBytes: fields.count("startOffset"),
    lengthBytes: block.count("numBytes"),
    corrupt: fields.flag("isCorrupt"),
    locations: fields.objects("locations").map((location) => location.text("name")),
  };
}

/** Answer of GETCONTENTSUMMARY. */
export function decodeContentSummary(json: unknown): ContentSummary {
  const fields = new Fields(json, "answer").object("ContentSummary");
  return {
    lengthBytes: fields.count("length"),
    fileCount: fields.count("fileCount"),
    directoryCount: fields.count("directoryCount"),
    spaceConsumedBytes: fields.count("spaceConsumed"),
    snapshotLengthBytes: fields.wholeOr("snapshotLength", 0),
    snapshotFileCount: fields.wholeOr("snapshotFileCount", 0),
    snapshotDirectoryCount: fields.wholeOr("snapshotDirectoryCount", 0),
    snapshotSpaceConsumedBytes: fields.wholeOr("snapshotSpaceConsumed", 0),
    quota: decodeQuota(fields),
  };
}

/** Answer of GETQUOTAUSAGE. */
export function decodeQuotaUsage(json: unknown): QuotaUsage {
  const fields = new Fields(json, "answer").object("QuotaUsage");
  return {
    fileAndDirectoryCount: fields.count("fileAndDirectoryCount"),
    spaceConsumedBytes: fields.count("spaceConsumed"),
    quota: decodeQuota(fields),
  };
}

function decodeQuota(fields: Fields): Quota {
  return { names: fields.limit("quota"), spaceBytes: fields.limit("spaceQuota") };
}

/** Answer of a DataNode to GETFILECHECKSUM. */
export function decodeFileChecksum(json: unknown): FileChecksum {
  const fields = new Fields(json, "answer").object("FileChecksum");
  const bytes = fields.text("bytes");
  if (!/^([0-9a-f]{2})+$/.test(bytes)) throw new MalformedAnswer("FileChecksum.bytes is not hexadecimal");
  // Java sends the whole of its buffer, of which so many bytes are the checksum.
  const lengthBytes = fields.count("length");
  if (2 * lengthBytes > bytes.length) throw new MalformedAnswer("FileChecksum.length is beyond its bytes");
  return { algorithm: fields.text("algorithm"), bytes: bytes.slice(0, 2 * lengthBytes) };
}
