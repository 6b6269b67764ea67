/** How fast bytes went lately: over the last seconds, so that it neither jumps nor lags. */

export interface Speed {
  /** Notes how many bytes are done. */
  note(bytesDone: number, elapsedMs: number): void;
  /** Null until two notes lie far enough apart. */
  bytesPerMs(): number | null;
}

const WINDOW_MS = 5000;
const SPAN_MS_MIN = 200;

export function createSpeed(): Speed {
  let notes: { bytes: number; atMs: number }[] = [];
  return {
    note(bytes, atMs) {
      // Another side, or another file list: what was counted before says nothing of it.
      if (bytes < (notes.at(-1)?.bytes ?? 0)) notes = [];
      notes.push({ bytes, atMs });
      while (notes.length > 2 && atMs - (notes[0]?.atMs ?? atMs) > WINDOW_MS) notes.shift();
    },
    bytesPerMs() {
      const [first] = notes;
      const last = notes.at(-1);
      if (!first || !last || last.atMs - first.atMs < SPAN_MS_MIN) return null;
      return (last.bytes - first.bytes) / (last.atMs - first.atMs);
    },
  };
}
