/** Cuts a block's bytes into packets, numbers them, and lends their buffers out again. */
import type { ChunkSums } from "./chunk-sums.ts";
import {
  bufferBytes,
  lastPacket,
  type PacketBuilder,
  packetBuilder,
  type WritePacket,
} from "./write-packet.ts";

/** See the top of this file. */
export interface Packetizer {
  /** Packets of this block so far. */
  readonly count: number;
  /** In the block: what is in packets, and what is gathered for the next one. */
  readonly cutBytes: number;
  readonly gatheredBytes: number;
  /** Copies as much as fits into the next packet, of which one byte at least must; says how much. */
  put(bytes: Uint8Array): number;
  /** The next packet takes no more. */
  readonly isFull: boolean;
  /** What is gathered, as a packet; null when that is nothing. */
  take(sync: boolean): WritePacket | null;
  /** Without data: makes the DataNodes put on disk what they have. */
  emptySync(): WritePacket;
  /** Ends the block. */
  last(): WritePacket;
  /** Another block, of which so much is there already. */
  restart(cutBytes: number): void;
  /** The packet is done with; its buffer may be used again when `reusable`. */
  release(packet: WritePacket, reusable: boolean): void;
}

/** Buffers kept for further packets. */
export const SPARE_BUFFERS_MAX = 16;

/** `packetBytes`: of data in a packet, a multiple of the chunk's size. */
export function createPacketizer(sums: ChunkSums, packetBytes: number, blockSizeBytes: number): Packetizer {
  const size = bufferBytes(sums, packetBytes);
  const spare: Uint8Array[] = [];
  let builder: PacketBuilder | null = null;
  let count = 0;
  let cutBytes = 0;

  const finish = (full: PacketBuilder, sync: boolean): WritePacket => {
    const packet = full.finish(count, { sync });
    count += 1;
    cutBytes = packet.endBytes;
    return packet;
  };
  return {
    get count() {
      return count;
    },
    get cutBytes() {
      return cutBytes;
    },
    get gatheredBytes() {
      return builder?.length ?? 0;
    },
    get isFull() {
      return builder?.room === 0;
    },
    put(bytes) {
      const most = Math.min(packetBytes, blockSizeBytes - cutBytes);
      builder ??= packetBuilder(sums, spare.pop() ?? new Uint8Array(size), cutBytes, most);
      return builder.put(bytes);
    },
    take(sync) {
      if (builder === null || builder.length === 0) return null;
      const packet = finish(builder, sync);
      builder = null;
      return packet;
    },
    emptySync: () => finish(packetBuilder(sums, new Uint8Array(bufferBytes(sums, 1)), cutBytes, 1), true),
    last: () => lastPacket(count, cutBytes),
    restart(bytes) {
      count = 0;
      cutBytes = bytes;
    },
    release({ buffer }, reusable) {
      if (reusable && buffer.length === size && spare.length < SPARE_BUFFERS_MAX) spare.push(buffer);
    },
  };
}
