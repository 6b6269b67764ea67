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
