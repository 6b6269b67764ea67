/** A file's bytes in memory. Chunks are never changed in place; a content that is being written grows by whole chunks. */

export interface Content {
  chunks: Uint8Array[];
  length: number;
}

/** Bytes that one read yields at most, as a cluster streams. */
const CHUNK_BYTES = 64 * 1024;

export function emptyContent(): Content {
  return { chunks: [], length: 0 };
}

/** Another content with the same bytes: what grows in one does not show in the other. */
export function copyContent(content: Content): Content {
  return { chunks: [...content.chunks], length: content.length };
}

export function grow(content: Content, bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  content.chunks.push(bytes.slice());
  content.length += bytes.length;
}

/** The first `length` bytes as a content of their own. */
export function firstBytes(content: Content, length: number): Content {
  const cut = emptyContent();
  for (const chunk of readContent(content, 0, length)) grow(cut, chunk);
  return cut;
}

/** Chunks of the range, cut at the content's end. */
export function* readContent(content: Content, offset: number, length: number): Generator<Uint8Array> {
  let skip = offset;
  let left = Math.min(length, content.length - offset);
  for (const chunk of content.chunks) {
    if (left <= 0) return;
    if (skip >= chunk.length) {
      skip -= chunk.length;
      continue;
    }
    for (let at = skip; at < chunk.length && left > 0; at += CHUNK_BYTES) {
      const piece = chunk.subarray(at, Math.min(at + Math.min(CHUNK_BYTES, left), chunk.length));
      left -= piece.length;
      yield piece;
    }
    skip = 0;
  }
}

/** Flips one bit of the byte at `offset`, as a failing disk does: every tree that shares the content sees it. */
export function flipBit(content: Content, offset: number): void {
  let at = offset;
  for (const [index, chunk] of content.chunks.entries()) {
    if (at >= chunk.length) {
      at -= chunk.length;
      continue;
    }
    const rotten = chunk.slice();
    rotten[at] = (rotten[at] as number) ^ 1;
    content.chunks[index] = rotten;
    return;
  }
}
