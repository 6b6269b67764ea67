/** Content in parts worth sending: a frame of its own for each of the small pieces that a cluster gives costs more than their bytes. */

/**
 * The pieces gathered into parts of `bytesMax` bytes, in order; only the last part is smaller. Pieces and parts alike are good only until the
 * next is asked for. What is gathered is held, so a part comes when it is full, however slowly its pieces do.
 * @param lengthBytes how much there will be: what is small takes little memory.
 */
export async function* inParts(
  pieces: AsyncIterable<Uint8Array>,
  bytesMax: number,
  lengthBytes: number,
): AsyncGenerator<Uint8Array> {
  const part = new Uint8Array(Math.min(bytesMax, Math.max(1, lengthBytes)));
  let used = 0;
  for await (const piece of pieces) {
    for (let from = 0; from < piece.length; ) {
      const some = piece.subarray(from, from + part.length - used);
      part.set(some, used);
      used += some.length;
      from += some.length;
      if (used < part.length) continue;
      yield part;
      used = 0;
    }
  }
  if (used > 0) yield part.subarray(0, used);
}
