/** Packets that were sent and are kept until every DataNode has acknowledged them, in order. */
import type { WritePacket } from "./write-packet.ts";

export interface Unacknowledged {
  readonly count: number;
  /** Of their frames. */
  readonly bytes: number;
  add(packet: WritePacket): void;
  /** The oldest packet, which is none any more; null when `sequence` is not its number. */
  acknowledge(sequence: number): WritePacket | null;
  oldest(): WritePacket | null;
  /** As they are sent, the oldest first. */
  frames(): Uint8Array[];
}

export function createUnacknowledged(): Unacknowledged {
  // A window's worth at most, so a shift moves little.
  const packets: WritePacket[] = [];
  let bytes = 0;
  return {
    get count() {
      return packets.length;
    },
    get bytes() {
      return bytes;
    },
    add(packet) {
      packets.push(packet);
      bytes += packet.frame.length;
    },
    acknowledge(sequence) {
      if (packets[0]?.sequence !== sequence) return null;
      const packet = packets.shift() as WritePacket;
      bytes -= packet.frame.length;
      return packet;
    },
    oldest: () => packets[0] ?? null,
    frames: () => packets.map(({ frame }) => frame),
  };
}
