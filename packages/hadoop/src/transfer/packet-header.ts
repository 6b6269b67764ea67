/** The head of a packet: its length (32 bits: 4, the checksums and the data), its header's length (16 bits), the
 * header. Its fields have fixed lengths, so it is read and written by hand, once for every 64 KiB. Source: PacketHeader
 * and PacketReceiver of Hadoop 3.4.2; `PacketHeaderProto`. */
import { TransferFault } from "./fault.ts";

export interface PacketHeader {
  /** In the block, of the packet's first byte. */
  readonly offsetBytes: number;
  /** Counts from 0; -1 is a heartbeat. */
  readonly sequence: number;
  /** An empty packet that ends the block. */
  readonly last: boolean;
  readonly dataBytes: number;
  /** The DataNodes put the block on disk before they acknowledge it. */
  readonly sync: boolean;
}

/** Of the two lengths before the header. */
export const LENGTHS_BYTES = 6;
/** The packet's length counts itself. */
export const LENGTH_OF_LENGTH_BYTES = 4;
/** As PacketReceiver: a longer packet is refused by DataNodes too. */
export const PACKET_BYTES_MAX = 16 * 1024 * 1024;
/** Hadoop writes 25 or 27 bytes; there is room for fields to come. */
export const HEADER_BYTES_MAX = 1024;
/** Of a header as it is written here. */
export const HEADER_BYTES = 27;

const OFFSET_TAG = (1 << 3) | 1;
const SEQUENCE_TAG = (2 << 3) | 1;
const LAST_TAG = 3 << 3;
const LENGTH_TAG = (4 << 3) | 5;
const SYNC_TAG = 5 << 3;

/** The two lengths of a packet, judged. */
export function readLengths(bytes: Uint8Array): { readonly bodyBytes: number; readonly headerBytes: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, LENGTHS_BYTES);
  const bodyBytes = view.getInt32(0) - LENGTH_OF_LENGTH_BYTES;
  const headerBytes = view.getInt16(4);
  if (bodyBytes < 0 || bodyBytes > PACKET_BYTES_MAX || headerBytes < 1 || headerBytes > HEADER_BYTES_MAX) {
    throw new TransferFault(
      "malformed",
      `a packet of ${bodyBytes} bytes with a header of ${headerBytes}; at most ${PACKET_BYTES_MAX} and ${HEADER_BYTES_MAX} are allowed`,
    );
  }
  return { bodyBytes, headerBytes };
}

/** The header alone. Anything that is not exactly one is a {@link TransferFault} `malformed`. */
export function decodePacketHeader(bytes: Uint8Array): PacketHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let [offsetBytes, sequence, dataBytes] = [-1, Number.NaN, -1];
  let [last, sync] = [false, false];
  let at = 0;
  const room = (count: number): number => {
    if (at + count > bytes.length) throw malformed("is cut off");
    at += count;
    return at - count;
  };
  while (at < bytes.length) {
    const tag = view.getUint8(room(1));
    if (tag === OFFSET_TAG) offsetBytes = wide(view, room(8));
    else if (tag === SEQUENCE_TAG) sequence = wide(view, room(8));
    else if (tag === LENGTH_TAG) dataBytes = view.getInt32(room(4), true);
    else if (tag === LAST_TAG) last = flag(view.getUint8(room(1)));
    else if (tag === SYNC_TAG) sync = flag(view.getUint8(room(1)));
    else throw malformed(`has a field ${tag >> 3} that no version of the protocol has`);
  }
  if (!(offsetBytes >= 0 && dataBytes >= 0 && sequence >= -1))
    throw malformed("lacks a field or has a negative one");
  return { offsetBytes, sequence, last, dataBytes, sync };
}

/** Writes lengths and header to the beginning of `packet`; always LENGTHS_BYTES + HEADER_BYTES long. */
export function writePacketHead(packet: Uint8Array, header: PacketHeader, sumsBytes: number): void {
  const view = new DataView(packet.buffer, packet.byteOffset, LENGTHS_BYTES + HEADER_BYTES);
  view.setInt32(0, LENGTH_OF_LENGTH_BYTES + sumsBytes + header.dataBytes);
  view.setInt16(4, HEADER_BYTES);
  view.setUint8(6, OFFSET_TAG);
  view.setBigInt64(7, BigInt(header.offsetBytes), true);
  view.setUint8(15, SEQUENCE_TAG);
  view.setBigInt64(16, BigInt(header.sequence), true);
  view.setUint8(24, LAST_TAG);
  view.setUint8(25, header.last ? 1 : 0);
  view.setUint8(26, LENGTH_TAG);
  view.setInt32(27, header.dataBytes, true);
  view.setUint8(31, SYNC_TAG);
  view.setUint8(32, header.sync ? 1 : 0);
}

/** A signed number of 64 bits that a double can hold. */
function wide(view: DataView, at: number): number {
  const value = view.getInt32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
  if (!Number.isSafeInteger(value)) throw malformed("has a number beyond 2^53");
  return value;
}

function flag(byte: number): boolean {
  if (byte > 1) throw malformed("has a truth value that is neither");
  return byte === 1;
}

function malformed(what: string): TransferFault {
  return new TransferFault("malformed", `a packet's header ${what}`);
}
