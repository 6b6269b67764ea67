/** Bytes of a stream as its readers need them: so many at once, whatever pieces they come in. Large runs of data are
 * handed out as the pieces they came in, without copying. */

import { joined } from "./chunk-sums.ts";

/** Where the bytes come from. */
export interface ByteSource {
  /** The next bytes, never empty, or null at the peer's orderly end. */
  read(): Promise<Uint8Array | null>;
  /** As a ByteStream does. */
  giveBack?(bytes: Uint8Array): void;
}

/** Bytes that came, waiting to be taken. */
export interface ByteInput {
  /** How many can be taken without waiting. */
  buffered(): number;
  /** Waits until `count` bytes can be taken. Fails with {@link EndOfStream} when the stream ends before. */
  need(count: number): Promise<void>;
  /** The next `count` bytes, which must be buffered, in one piece. They are copied only when they came in several. */
  take(count: number): Uint8Array;
  /** The next `count` bytes, which must be buffered, in the pieces they came in. */
  takePieces(count: number): Uint8Array[];
  /** Nobody will look at these bytes, which were taken, any more; they may be filled again. */
  giveBack(bytes: Uint8Array): void;
  /** The byte `ahead` bytes from here, which must be buffered. */
  peek(ahead: number): number;
}

/** The peer ended the stream where more was due. */
export class EndOfStream extends Error {
  override readonly name = "EndOfStream";
  /** Nothing at all had come of what was waited for. */
  readonly clean: boolean;

  constructor(clean: boolean) {
    super("the stream ended before its time");
    this.clean = clean;
  }
}

/** See {@link ByteInput}. Reads from the source only what is needed. */
export function createByteInput(source: ByteSource): ByteInput {
  let pieces: Uint8Array[] = [];
  /** Index of the first piece not used up, and how much of it is. */
  let first = 0;
  let used = 0;
  let total = 0;

  const advance = (count: number): void => {
    total -= count;
    used += count;
    if (used < (pieces[first] as Uint8Array).length) return;
    used = 0;
    first += 1;
    if (first === pieces.length) {
      pieces = [];
      first = 0;
    }
  };
  /** At most `count` bytes of the first piece. */
  const front = (count: number): Uint8Array => {
    const piece = pieces[first] as Uint8Array;
    const end = Math.min(piece.length, used + count);
    const part = used === 0 && end === piece.length ? piece : piece.subarray(used, end);
    advance(part.length);
    return part;
  };
  const insist = (count: number): void => {
    if (count > total) throw new RangeError(`${count} bytes taken where only ${total} are buffered`);
  };
  const takePieces = (count: number): Uint8Array[] => {
    insist(count);
    const taken: Uint8Array[] = [];
    for (let left = count; left > 0; ) {
      const part = front(left);
      taken.push(part);
      left -= part.length;
    }
    return taken;
  };

  return {
    buffered: () => total,
    async need(count) {
      while (total < count) {
        const piece = await source.read();
        if (piece === null) throw new EndOfStream(total === 0);
        pieces.push(piece);
        total += piece.length;
      }
    },
    take(count) {
      insist(count);
      if (count === 0) return new Uint8Array();
      if ((pieces[first] as Uint8Array).length - used >= count) return front(count);
      return joined(takePieces(count));
    },
    takePieces,
    giveBack: (bytes) => source.giveBack?.(bytes),
    peek(ahead) {
      insist(ahead + 1);
      let index = first;
      let at = used + ahead;
      for (;;) {
        const piece = pieces[index] as Uint8Array;
        if (at < piece.length) return piece[at] as number;
        at -= piece.length;
        index += 1;
      }
    },
  };
}
