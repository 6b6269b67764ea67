/** Checksums of whole files, put together from what DataNodes compute over the checksums they store: no data moves.
 * Source: FileChecksumHelper, BlockChecksumHelper, CrcComposer of Hadoop 3.4.2. */
import { create } from "@bufbuild/protobuf";
import { HdfsError } from "../errors.ts";
import type { FileChecksum } from "../hdfs/cluster-info.ts";
import type { LocatedBlockProto } from "../proto/generated/block_pb.ts";
import { BlockChecksumTypeProto, ChecksumTypeProto } from "../proto/generated/checksum_pb.ts";
import {
  OpBlockChecksumProtoSchema,
  type OpBlockChecksumResponseProto,
  OpBlockGroupChecksumProtoSchema,
} from "../proto/generated/datatransfer_pb.ts";
import type { ErasureCodingPolicyProto } from "../proto/generated/erasure_coding_pb.ts";
import type { Cryptography } from "../sasl/cryptography.ts";
import { type CrcKind, crcJoined } from "./crc.ts";
import { TransferFault } from "./fault.ts";
import { type ReadContext, refuseEncrypted } from "./file-read.ts";
import { baseHeader, encodeOperation, insistOnSuccess, readAnswer } from "./operation.ts";
import { blockOf, idOf } from "./replicas.ts";

/** `md5`: MD5-of-CRCs, which depends on block and chunk sizes and is what `hdfs dfs -checksum` and DistCp compare;
 * `composite`: the CRC of the bytes, whatever the layout (COMPOSITE_CRC). */
export type ChecksumMode = "md5" | "composite";

/** More blocks than this are not asked for at once. */
const BLOCKS_AT_ONCE = 4;
const MD5_BYTES = 16;
const CRC_BYTES = 4;
/** The NameNode is asked for all blocks; more than it can hold in a file's length. */
const WHOLE = Number.MAX_SAFE_INTEGER;
/** Java sums its buffer to the end of what is allocated, which begins with 32 bytes and doubles: zeros follow the sums of
 * the blocks. By now that is the definition (DataOutputBuffer.getData in FileChecksumHelper). */
const BUFFER_BYTES_MIN = 32;

/** Null for a file written without checksums. Fails with `blockMissing`, `notFound`. */
export async function fileChecksum(
  context: ReadContext,
  cryptography: Cryptography,
  path: string,
  mode: ChecksumMode,
  cancel?: AbortSignal,
): Promise<FileChecksum> {
  const range = { offsetBytes: 0, lengthBytes: WHOLE };
  const located = await context.nameNode.getBlockLocations(path, range, cancel);
  refuseEncrypted(located, path);
  const { blocks, ecPolicy } = located;
  const answers: OpBlockChecksumResponseProto[] = [];
  for (let from = 0; from < blocks.length; from += BLOCKS_AT_ONCE) {
    const some = blocks.slice(from, from + BLOCKS_AT_ONCE);
    answers.push(
      ...(await Promise.all(some.map((block) => ask(context, path, block, ecPolicy, mode, cancel)))),
    );
  }
  // Of a file without blocks Java tells the same in both modes.
  return mode === "md5" || answers.length === 0
    ? md5Of(cryptography, path, answers)
    : compositeOf(path, blocks, answers);
}

function md5Of(
  { md5 }: Cryptography,
  path: string,
  answers: readonly OpBlockChecksumResponseProto[],
): FileChecksum {
  const [first] = answers;
  let bufferBytes = BUFFER_BYTES_MIN;
  while (bufferBytes < answers.length * MD5_BYTES) bufferBytes *= 2;
  const padding = new Uint8Array(bufferBytes - answers.length * MD5_BYTES);
  const digest = md5(...answers.map(({ blockChecksum }) => blockChecksum), padding);
  const bytesPerCrc = first?.bytesPerCrc ?? 0;
  const crcsPerBlock = answers.length > 1 ? Number(first?.crcPerBlock ?? 0n) : 0;
  const bytes = new Uint8Array(12 + MD5_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytesPerCrc);
  view.setBigUint64(4, BigInt(crcsPerBlock));
  bytes.set(digest, 12);
  const kind = first === undefined || kindOf(path, answers) === "crc32" ? "CRC32" : "CRC32C";
  return { algorithm: `MD5-of-${crcsPerBlock}MD5-of-${bytesPerCrc}${kind}`, bytes: bytes.toHex() };
}

function compositeOf(
  path: string,
  blocks: readonly LocatedBlockProto[],
  answers: readonly OpBlockChecksumResponseProto[],
): FileChecksum {
  const kind = kindOf(path, answers);
  let crc = 0;
  for (const [index, { blockChecksum }] of answers.entries()) {
    const { buffer, byteOffset } = blockChecksum;
    const blockCrc = new DataView(buffer, byteOffset, CRC_BYTES).getUint32(0);
    crc = crcJoined(kind, crc, blockCrc, Number(blocks[index]?.b?.numBytes ?? 0n));
  }
  return {
    algorithm: kind === "crc32" ? "COMPOSITE-CRC32" : "COMPOSITE-CRC32C",
    bytes: crc.toString(16).padStart(2 * CRC_BYTES, "0"),
  };
}

/** All blocks of a file must be summed alike, as Java demands it too. */
function kindOf(path: string, answers: readonly OpBlockChecksumResponseProto[]): CrcKind {
  const types = new Set(answers.map(({ crcType }) => crcType));
  const [type] = types;
  if (types.size < 2 && type !== ChecksumTypeProto.CHECKSUM_NULL) {
    return type === ChecksumTypeProto.CHECKSUM_CRC32 ? "crc32" : "crc32c";
  }
  const reason =
    types.size > 1 ? "its blocks are summed in different ways" : "it was written without checksums";
  throw new HdfsError({ code: "unsupported", operation: "getFileChecksum", path, reason });
}

/** Of one block, or one group of an erasure-coded file, from the first DataNode that can tell. */
async function ask(
  context: ReadContext,
  path: string,
  located: LocatedBlockProto,
  ecPolicy: ErasureCodingPolicyProto | undefined,
  mode: ChecksumMode,
  cancel: AbortSignal | undefined,
): Promise<OpBlockChecksumResponseProto> {
  const operation = ecPolicy === undefined ? replicated(located, mode) : striped(located, ecPolicy, mode);
  const wantedBytes = mode === "md5" ? MD5_BYTES : CRC_BYTES;
  const said: string[] = [];
  for (const node of located.locs) {
    try {
      const peer = await context.dataNodes.dial(idOf(node), blockOf(located).token, cancel);
      try {
        await peer.write(operation);
        const answer = await readAnswer(peer.input);
        insistOnSuccess(answer);
        const { checksumResponse } = answer;
        if (checksumResponse?.blockChecksum.length === wantedBytes) return checksumResponse;
        throw new TransferFault("malformed", "answered without a checksum");
      } finally {
        peer.close();
      }
    } catch (error) {
      cancel?.throwIfAborted();
      if (!(error instanceof TransferFault)) throw error;
      said.push(`${context.dataNodes.addressOf(idOf(node))} ${error.message}`);
    }
  }
  const name = `block blk_${located.b?.blockId}_${located.b?.generationStamp}`;
  const reason = `no DataNode tells the checksum of ${name}: ${said.join("; ") || "none has it"}`;
  throw new HdfsError({ code: "blockMissing", operation: "getFileChecksum", path, reason });
}

const TYPES = { md5: BlockChecksumTypeProto.MD5CRC, composite: BlockChecksumTypeProto.COMPOSITE_CRC };

function replicated(located: LocatedBlockProto, mode: ChecksumMode): Uint8Array {
  const { block, token } = blockOf(located);
  const message = create(OpBlockChecksumProtoSchema, {
    header: baseHeader(block, token),
    blockChecksumOptions: { blockChecksumType: TYPES[mode], stripeLength: 0n },
  });
  return encodeOperation("blockChecksum", OpBlockChecksumProtoSchema, message);
}

function striped(
  located: LocatedBlockProto,
  ecPolicy: ErasureCodingPolicyProto,
  mode: ChecksumMode,
): Uint8Array {
  const { block, token } = blockOf(located);
  const message = create(OpBlockGroupChecksumProtoSchema, {
    header: baseHeader(block, token),
    datanodes: { datanodes: located.locs },
    blockTokens: located.blockTokens,
    ecPolicy,
    blockIndices: [...located.blockIndices],
    requestedNumBytes: block.numBytes,
    blockChecksumOptions: { blockChecksumType: TYPES[mode], stripeLength: 0n },
  });
  return encodeOperation("blockGroupChecksum", OpBlockGroupChecksumProtoSchema, message);
}
