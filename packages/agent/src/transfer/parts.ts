/** Content in parts worth sending: a frame of its own for each of the small pieces that a cluster gives costs more than their bytes. */

/**
 * The pieces gathered into parts of `bytesMax` bytes together, in order; only the last part is smaller. What is gathered is held, so a part
 * comes when it is full, however slowly its pieces do.
 */
export async function* inParts(
  pieces: AsyncIterable<Uint8Array>,
  bytesMax: number,
): AsyncGenerator<{ readonly pieces: readonly Uint8Array[]; readonly bytes: number }> {
  let gathered: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    for (let from = 0; from < piece.length; ) {
      const some = piece.subarray(from, from + bytesMax - bytes);
      gathered.push(some);
      bytes += some.length;
      from += some.length;
      if (bytes < bytesMax) continue;
      yield { pieces: gathered, bytes };
      gathered = [];
      bytes = 0;
    }
  }
  if (bytes > 0) yield { pieces: gathered, bytes };
}

/** The pieces as one; copied only when there are several. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1) return only;
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
