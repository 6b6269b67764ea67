/** Reads the text of the NameNode's `/fsck?…&openforwrite=1` as it streams. Source: NamenodeFsck.java.
 *
 * What matters of it (seen on 3.4.2): each open file is `PATH LENGTH bytes, replicated: replication=1, 1 block(s),
 * OPENFORWRITE: ` *without* a line end, so several stand on one line and whatever follows is glued to the last; a dot
 * is printed per 100 closed files, an empty line per 1,000 inodes. Success ends in `is HEALTHY` or `is CORRUPT`;
 * `Path 'P' does not exist` and `Fsck on path 'P' FAILED` after a line with the reason are the failures, all with
 * status 200. Names are printed as they are, so one that holds a line feed cannot be told from two lines: refused. */
import type { OpenFile } from "../hdfs/open-file.ts";
import { MalformedAnswer } from "./decode.ts";

/** Longest text kept while waiting for the end of an entry: a path, its numbers, and the dots of 10 million files. */
export const FSCK_PENDING_CHARACTERS_MAX = 256 * 1024;

/** How a report ended. */
export type FsckEnd =
  | { readonly kind: "done" }
  | { readonly kind: "notFound" }
  | { readonly kind: "failed"; readonly reason: string };

/** Takes the text piece by piece. */
export interface FsckReader {
  /** The open files that end in this piece of the text. `path` is relative to `root`, without leading slash; "" is
   * the root itself. */
  push(text: string): OpenFile[];
  /** How it ended; throws a MalformedAnswer when the text stopped before its end. */
  end(): FsckEnd;
}

const ENTRY =
  / (\d{1,19}) bytes, (?:replicated: replication=\d+|erasure-coded: policy=[^,]*), (\d{1,19}) block\(s\), OPENFORWRITE: /g;

/** `root` is the path given to fsck, as it appears in its answer. */
export function createFsckReader(root: string): FsckReader {
  let pending = "";
  const take = (text: string): OpenFile[] => {
    pending += text;
    const found: OpenFile[] = [];
    let from = 0;
    for (const match of pending.matchAll(ENTRY)) {
      const path = relativePath(pending.slice(from, match.index), root);
      found.push({ path, lengthBytes: Number(match[1]), blockCount: Number(match[2]) });
      from = match.index + match[0].length;
    }
    pending = pending.slice(from);
    if (pending.length > FSCK_PENDING_CHARACTERS_MAX) pending = shortened(pending);
    return found;
  };
  return { push: take, end: () => readEnd(pending) };
}

/** Only the last line can become an entry, and dots before a path mean nothing. */
function shortened(pending: string): string {
  const short = pending.slice(Math.max(pending.lastIndexOf("\n"), 0)).replace(/^(\n?)\.+/, "$1");
  if (short.length > FSCK_PENDING_CHARACTERS_MAX) throw new MalformedAnswer("/fsck: a line without end");
  return short;
}

function relativePath(before: string, root: string): string {
  const line = before.slice(before.lastIndexOf("\n") + 1).replace(/^\.+/, "");
  if (line === root) return "";
  const prefix = root === "/" ? "/" : `${root}/`;
  if (line.startsWith(prefix) && line.length > prefix.length) return line.slice(prefix.length);
  throw new MalformedAnswer(
    `/fsck names an open file ${JSON.stringify(line.slice(0, 200))} that is not below ${root}; a line feed in a name?`,
  );
}

/** Without expressions that look for an end from every beginning: of a text that repeats its beginnings, as long as it may
 * be, they take seconds. */
function readEnd(pending: string): FsckEnd {
  const text = pending.trimEnd();
  const isLast = (beginning: string, ...ends: readonly string[]): boolean =>
    ends.some((end) => text.endsWith(end)) && (text.startsWith(beginning) || text.includes(`\n${beginning}`));
  if (isLast("The filesystem under path '", "' is HEALTHY", "' is CORRUPT")) return { kind: "done" };
  if (isLast("Path '", "' does not exist")) return { kind: "notFound" };
  if (isLast("Fsck on path '", "' FAILED")) {
    const lines = text.split("\n");
    const ended = lines.findIndex(
      (line) => line.includes("FSCK ended at ") && line.endsWith(" milliseconds"),
    );
    const reason = ended < 0 ? undefined : lines[ended + 1];
    return { kind: "failed", reason: reason ?? "no reason given" };
  }
  throw new MalformedAnswer("/fsck stopped before its end");
}
