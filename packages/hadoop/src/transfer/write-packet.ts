/** Packets on their way to a pipeline: bytes gathered until one is full, summed, and kept until they are acknowledged,
 * so that they can be sent again. */
import type { ChunkSums } from "./chunk-sums.ts";
import { HEADER_BYTES, LENGTHS_BYTES, writePacketHead } from "./packet-header.ts";

/** A finished packet. */
export interface WritePacket {
  readonly sequence: number;
  /** In the block. */
  readonly offsetBytes: number;
  readonly endBytes: number;
  /** An empty packet that ends the block. */
  readonly last: boolean;
  /** All of it, as it is sent. */
  readonly frame: Uint8Array;
  readonly buffer: Uint8Array;
}

/** A packet that is being filled. Its data lie at a fixed place, sums and head directly before them. */
export interface PacketBuilder {
  /** How much data has been put in. */
  readonly length: number;
  /** How much more fits. */
  readonly room: number;
  /** Copies as much of `bytes` as fits; says how much. */
  put(bytes: Uint8Array): number;
  finish(sequence: number, flags: { readonly sync: boolean }): WritePacket;
}

const HEAD_BYTES = LENGTHS_BYTES + HEADER_BYTES;

/** The size of a buffer for packets with up to `dataBytes`. */
export function bufferBytes(sums: ChunkSums, dataBytes: number): number {
  return HEAD_BYTES + sums.sumsOf(dataBytes) + dataBytes;
}

/** `buffer` must be of the size that {@link bufferBytes} says, or larger. A packet that does not begin at a chunk's first byte
 * holds no more than the rest of that chunk: DataNodes complete the chunk's stored sum only so. */
export function packetBuilder(
  sums: ChunkSums,
  buffer: Uint8Array,
  offsetBytes: number,
  dataBytesMax: number,
): PacketBuilder {
  const inChunk = offsetBytes % sums.bytesPerChunk;
  const most = inChunk === 0 ? dataBytesMax : Math.min(dataBytesMax, sums.bytesPerChunk - inChunk);
  const start = buffer.length - dataBytesMax;
  let length = 0;
  return {
    get length() {
      return length;
    },
    get room() {
      return most - length;
    },
    put(bytes) {
      const count = Math.min(bytes.length, most - length);
      buffer.set(count === bytes.length ? bytes : bytes.subarray(0, count), start + length);
      length += count;
      return count;
    },
    finish(sequence, { sync }) {
      const data = buffer.subarray(start, start + length);
      const sumsBytes = sums.sumsOf(length);
      sums.write(data, buffer.subarray(start - sumsBytes, start));
      const frame = buffer.subarray(start - sumsBytes - HEAD_BYTES, start + length);
      writePacketHead(frame, { offsetBytes, sequence, last: false, dataBytes: length, sync }, sumsBytes);
      return { sequence, offsetBytes, endBytes: offsetBytes + length, last: false, frame, buffer };
    },
  };
}

/** The empty packet that ends a block at `endBytes`. */
export function lastPacket(sequence: number, endBytes: number): WritePacket {
  const frame = emptyFrame({ offsetBytes: endBytes, sequence, last: true, dataBytes: 0, sync: false });
  return { sequence, offsetBytes: endBytes, endBytes, last: true, frame, buffer: frame };
}

/** Keeps a pipeline alive that has nothing to do; acknowledged like a packet, under the same number. */
export const HEARTBEAT_SEQUENCE = -1;

export function heartbeat(): Uint8Array {
  return emptyFrame({ offsetBytes: 0, sequence: HEARTBEAT_SEQUENCE, last: false, dataBytes: 0, sync: false });
}

function emptyFrame(header: Parameters<typeof writePacketHead>[1]): Uint8Array {
  const frame = new Uint8Array(HEAD_BYTES);
  writePacketHead(frame, header, 0);
  return frame;
}
