/** Frames: a length of four bytes, big-endian, then so many bytes. A declared length is held against its bound before
 * anything is kept for it, and memory grows only with the bytes that have really come. */

/** `ipc.maximum.response.length` of hadoop-common, as a client holds it against an answer. Bytes. */
export const RESPONSE_BYTES_MAX = 128 * 1024 * 1024;
/** `ipc.maximum.data.length`: a server cuts the connection at a longer request. Bytes. */
export const REQUEST_BYTES_MAX = 64 * 1024 * 1024;
export const LENGTH_BYTES = 4;

/** A frame that cannot be. */
export class BadFrame extends Error {
  override readonly name = "BadFrame";
}

/** Cuts a stream of chunks into frames. */
export interface FrameReader {
  /** Every frame that `chunk` completes, without its length. Throws {@link BadFrame}; it is of no use then. */
  push(chunk: Uint8Array): Uint8Array[];
  /** Bytes of an unfinished frame are kept. */
  readonly midFrame: boolean;
}

/** See {@link FrameReader}. `bytesMax` bounds the length without its four bytes. */
export function createFrameReader(bytesMax: number): FrameReader {
  let kept: Uint8Array[] = [];
  let keptBytes = 0;
  /** Of the frame under way, its length's four bytes included; null while those are not here. */
  let wanted: number | null = null;

  const joined = (): Uint8Array => {
    if (kept.length === 1 && kept[0] !== undefined) return kept[0];
    const whole = new Uint8Array(keptBytes);
    let at = 0;
    for (const piece of kept) {
      whole.set(piece, at);
      at += piece.length;
    }
    kept = [whole];
    return whole;
  };

  return {
    get midFrame() {
      return keptBytes > 0;
    },
    push(chunk) {
      const frames: Uint8Array[] = [];
      kept.push(chunk);
      keptBytes += chunk.length;
      for (;;) {
        if (wanted === null) {
          if (keptBytes < LENGTH_BYTES) return frames;
          wanted = LENGTH_BYTES + declaredLength(joined(), bytesMax);
        }
        if (keptBytes < wanted) return frames;
        const whole = joined();
        frames.push(whole.subarray(LENGTH_BYTES, wanted));
        const rest = whole.subarray(wanted);
        kept = rest.length === 0 ? [] : [rest];
        keptBytes = rest.length;
        wanted = null;
      }
    },
  };
}

function declaredLength(bytes: Uint8Array, bytesMax: number): number {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getInt32(0);
  if (length < 0 || length > bytesMax)
    throw new BadFrame(`a frame of ${length} bytes is declared, where at most ${bytesMax} may be`);
  return length;
}

/** The four bytes before a frame of `length` bytes. */
export function lengthPrefix(length: number): Uint8Array {
  const bytes = new Uint8Array(LENGTH_BYTES);
  new DataView(bytes.buffer).setInt32(0, length);
  return bytes;
}
