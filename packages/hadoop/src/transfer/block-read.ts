/** One read of one block from one DataNode: the operation, its answer, packets until the empty one, the status that
 * frees the connection for the next operation. Source: BlockSender, BlockReaderRemote and DataXceiver of Hadoop 3.4.2. */
import { create, toBinary } from "@bufbuild/protobuf";
import type { DatanodeIDProto, ExtendedBlockProto } from "../proto/generated/block_pb.ts";
import { ChecksumTypeProto } from "../proto/generated/checksum_pb.ts";
import {
  type ChecksumProto,
  ClientReadStatusProtoSchema,
  OpReadBlockProtoSchema,
  Status,
} from "../proto/generated/datatransfer_pb.ts";
import type { TokenProto } from "../proto/generated/security_pb.ts";
import type { ByteInput } from "./byte-input.ts";
import type { ChunkSums, ChunkSumsMaker } from "./chunk-sums.ts";
import type { DataNodes } from "./data-nodes.ts";
import { delimited } from "./delimited.ts";
import { TransferFault } from "./fault.ts";
import { clientHeader, encodeOperation, insistOnSuccess, readAnswer } from "./operation.ts";
import { decodePacketHeader, LENGTHS_BYTES, type PacketHeader, readLengths } from "./packet-header.ts";
import type { Peer } from "./peer.ts";

/** What to read, from where. */
export interface BlockRead {
  readonly node: DatanodeIDProto;
  readonly block: ExtendedBlockProto;
  readonly token: TokenProto;
  readonly clientName: string;
  /** In the block. */
  readonly offsetBytes: number;
  /** From 1; the block must be that long. */
  readonly lengthBytes: number;
  /** The pieces are the caller's only until it asks for the next packet's. */
  readonly lent?: boolean | undefined;
}

/**
 * The bytes of the range, verified, a packet's worth at a time, each in the pieces it came in. Exactly the range, or
 * a {@link TransferFault}; what was given before it failed is good. Leaving early closes the connection.
 */
export async function* readBlock(
  dataNodes: DataNodes,
  read: BlockRead,
  cancel?: AbortSignal,
): AsyncGenerator<Uint8Array[]> {
  const { peer, sums, firstByte } = await begin(dataNodes, read, cancel);
  const end = read.offsetBytes + read.lengthBytes;
  let position = firstByte;
  let clean = false;
  const cancelled = (): void => peer.close(cancel?.reason);
  cancel?.addEventListener("abort", cancelled, { once: true });
  try {
    cancel?.throwIfAborted();
    while (position < end) {
      const { header, pieces, head } = await readPacket(peer.input, sums);
      if (header.dataBytes === 0 || header.offsetBytes !== position) {
        throw new TransferFault(
          "malformed",
          `a packet of ${header.dataBytes} bytes at ${header.offsetBytes} where ${position} was due`,
        );
      }
      const skipped = Math.max(0, read.offsetBytes - position);
      position += header.dataBytes;
      if (position >= end + sums.bytesPerChunk)
        throw new TransferFault("malformed", `bytes up to ${position}, ${end} were asked for`);
      const wanted = trim(pieces, skipped, Math.max(0, position - end));
      // The rest is small and has mostly come: the connection is free before the caller uses the last bytes.
      if (position >= end) clean = await finish(peer, sums);
      if (clean) {
        cancel?.removeEventListener("abort", cancelled);
        dataNodes.keep(read.node, peer);
      }
      yield wanted;
      if (read.lent !== true) continue;
      for (const bytes of head) peer.input.giveBack(bytes);
      for (const bytes of pieces) peer.input.giveBack(bytes);
    }
  } finally {
    cancel?.removeEventListener("abort", cancelled);
    if (!clean) peer.close();
  }
}

interface Begun {
  readonly peer: Peer;
  readonly sums: ChunkSums;
  /** In the block: where the first chunk begins that holds bytes of the range. */
  readonly firstByte: number;
}

/** On a kept connection first: it may have been closed meanwhile, and then a new one is made. */
async function begin(dataNodes: DataNodes, read: BlockRead, cancel: AbortSignal | undefined): Promise<Begun> {
  const kept = dataNodes.kept(read.node);
  if (kept !== null) {
    try {
      return await ask(dataNodes, kept, read, cancel);
    } catch (error) {
      if (!(error instanceof TransferFault) || error.kind !== "lost") throw error;
    }
  }
  return ask(dataNodes, await dataNodes.dial(read.node, read.token, cancel), read, cancel);
}

async function ask(
  dataNodes: DataNodes,
  peer: Peer,
  read: BlockRead,
  cancel: AbortSignal | undefined,
): Promise<Begun> {
  const { block, token, clientName, offsetBytes, lengthBytes } = read;
  const cancelled = (): void => peer.close(cancel?.reason);
  cancel?.addEventListener("abort", cancelled, { once: true });
  try {
    cancel?.throwIfAborted();
    const message = create(OpReadBlockProtoSchema, {
      header: clientHeader(block, token, clientName),
      offset: BigInt(offsetBytes),
      len: BigInt(lengthBytes),
      sendChecksums: true,
    });
    await peer.write(encodeOperation("readBlock", OpReadBlockProtoSchema, message));
    const answer = await readAnswer(peer.input);
    insistOnSuccess(answer);
    const info = answer.readOpChecksumInfo;
    if (info?.checksum === undefined)
      throw new TransferFault("malformed", "an answer that does not tell how the block is summed");
    const sums = sumsOf(info.checksum, dataNodes.sums);
    const firstByte = Number(info.chunkOffset);
    if (
      firstByte > offsetBytes ||
      offsetBytes - firstByte >= sums.bytesPerChunk ||
      firstByte % sums.bytesPerChunk !== 0
    ) {
      throw new TransferFault("malformed", `bytes from ${firstByte} where ${offsetBytes} was asked for`);
    }
    return { peer, sums, firstByte };
  } catch (error) {
    peer.close();
    throw error;
  } finally {
    cancel?.removeEventListener("abort", cancelled);
  }
}

/** `dfs.bytes-per-checksum` is 512 nearly everywhere. */
const BYTES_PER_CHUNK_MAX = 16 * 1024 * 1024;

/** How a DataNode says a block is summed. */
export function sumsOf({ type, bytesPerChecksum }: ChecksumProto, make: ChunkSumsMaker): ChunkSums {
  if (bytesPerChecksum < 1 || bytesPerChecksum > BYTES_PER_CHUNK_MAX) {
    throw new TransferFault(
      "malformed",
      `a checksum over ${bytesPerChecksum} bytes; 1 to ${BYTES_PER_CHUNK_MAX} are allowed`,
    );
  }
  if (type === ChecksumTypeProto.CHECKSUM_NULL) return make(null, bytesPerChecksum);
  return make(type === ChecksumTypeProto.CHECKSUM_CRC32 ? "crc32" : "crc32c", bytesPerChecksum);
}

interface Packet {
  readonly header: PacketHeader;
  readonly pieces: Uint8Array[];
  /** What came before the data. */
  readonly head: readonly Uint8Array[];
}

async function readPacket(input: ByteInput, sums: ChunkSums): Promise<Packet> {
  if (input.buffered() < LENGTHS_BYTES) await input.need(LENGTHS_BYTES);
  const lengths = input.take(LENGTHS_BYTES);
  const { bodyBytes, headerBytes } = readLengths(lengths);
  const rest = headerBytes + bodyBytes;
  if (input.buffered() < rest) await input.need(rest);
  const encoded = input.take(headerBytes);
  const header = decodePacketHeader(encoded);
  const sumsBytes = sums.sumsOf(header.dataBytes);
  if (sumsBytes + header.dataBytes !== bodyBytes) {
    throw new TransferFault(
      "malformed",
      `a packet of ${bodyBytes} bytes that should hold ${sumsBytes} of checksums and ${header.dataBytes} of data`,
    );
  }
  const stored = input.take(sumsBytes);
  const pieces = input.takePieces(header.dataBytes);
  if (!sums.verify(pieces, stored)) {
    const at = header.offsetBytes + Math.max(0, sums.firstBad(pieces, stored));
    throw new TransferFault("checksum", `the bytes from ${at} of the block do not match their checksum`);
  }
  return { header, pieces, head: [lengths, encoded, stored] };
}

const CHECKED = delimited(
  toBinary(ClientReadStatusProtoSchema, create(ClientReadStatusProtoSchema, { status: Status.CHECKSUM_OK })),
);

/** Takes the empty last packet; the DataNode is told that all was well with the next operation. False when the connection is of no more use;
 * the bytes are good either way. */
async function finish(peer: Peer, sums: ChunkSums): Promise<boolean> {
  try {
    const { header } = await readPacket(peer.input, sums);
    if (!header.last || header.dataBytes !== 0) return false;
    peer.owe(CHECKED);
    return true;
  } catch (error) {
    if (error instanceof TransferFault) return false;
    throw error;
  }
}

/** The pieces without their first `head` and last `tail` bytes; none of them empty. */
function trim(pieces: Uint8Array[], head: number, tail: number): Uint8Array[] {
  if (head === 0 && tail === 0) return pieces;
  const total = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const kept: Uint8Array[] = [];
  let at = 0;
  for (const piece of pieces) {
    const part = piece.subarray(
      Math.max(0, head - at),
      Math.max(0, Math.min(piece.length, total - tail - at)),
    );
    if (part.length > 0) kept.push(part);
    at += piece.length;
  }
  return kept;
}
