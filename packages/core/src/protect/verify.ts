/** Verify: the target's tree against the manifest. Only equality makes a recovery point. */
import { compareEntries, type Entry, sameAttributes } from "../model/entry.ts";

export interface Mismatch {
  readonly set: string;
  readonly path: string;
  /** What differs: `missing`, `unexpected`, or the attributes' names. */
  readonly what: string;
}

/** Mismatches told at most; the comparison stops there. */
export const MISMATCH_MAX = 20;

/**
 * Compares two listings in manifest order by type, length, times, attributes. Content was compared by digest when it moved.
 * A data set's own directory is not compared by mtime: a snapshot sets it (semantics: HDFS, the moment).
 * @returns at most MISMATCH_MAX; empty means verified.
 */
export async function compare(
  expected: AsyncIterable<Entry>,
  actual: AsyncIterable<Entry>,
): Promise<Mismatch[]> {
  const found: Mismatch[] = [];
  const left = expected[Symbol.asyncIterator]();
  const right = actual[Symbol.asyncIterator]();
  try {
    let a = await left.next();
    let b = await right.next();
    while ((!a.done || !b.done) && found.length < MISMATCH_MAX) {
      const order = a.done ? 1 : b.done ? -1 : compareEntries(a.value, b.value);
      const entry = (order <= 0 ? a.value : b.value) as Entry;
      const what =
        order < 0 ? "missing" : order > 0 ? "unexpected" : differences(a.value as Entry, b.value as Entry);
      if (what !== "") found.push({ set: entry.set, path: entry.path, what });
      if (order <= 0) a = await left.next();
      if (order >= 0) b = await right.next();
    }
  } finally {
    await left.return?.(undefined);
    await right.return?.(undefined);
  }
  return found;
}

function differences(a: Entry, b: Entry): string {
  if (a.type !== b.type) return "type";
  const what: string[] = [];
  if (a.type === "file" && a.length !== b.length) what.push(`length ${a.length} ≠ ${b.length}`);
  if (a.path !== "" && a.mtimeMs !== b.mtimeMs) what.push(`mtime ${a.mtimeMs} ≠ ${b.mtimeMs}`);
  if (a.type === "file" && a.blockSize !== b.blockSize) what.push("block size");
  if (!sameAttributes(a, b)) what.push("attributes");
  return what.join(", ");
}
