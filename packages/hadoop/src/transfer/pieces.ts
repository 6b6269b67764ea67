/** Bytes that come in packets, taken in such amounts as are wanted. */

/** See the top of this file. */
export interface Pieces {
  /** Some of the next `bytesMax` bytes, at least one. Throws what the packets' source throws, and when it has ended. */
  next(bytesMax: number): Promise<Uint8Array>;
  /** Leaves the source. */
  close(): Promise<void>;
}

/** Pulls one packet at a time, when one is wanted. */
export function createPieces(packets: AsyncGenerator<readonly Uint8Array[]>): Pieces {
  let waiting: readonly Uint8Array[] = [];
  let place = 0;
  let used = 0;
  return {
    async next(bytesMax) {
      while (place === waiting.length) {
        const packet = await packets.next();
        if (packet.done === true) throw new RangeError("more bytes are wanted than there are");
        waiting = packet.value;
        place = 0;
      }
      const piece = waiting[place] as Uint8Array;
      const part = piece.subarray(used, used + bytesMax);
      used += part.length;
      if (used === piece.length) {
        place += 1;
        used = 0;
      }
      return part;
    },
    async close() {
      await packets.return(undefined);
    },
  };
}
