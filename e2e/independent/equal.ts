// Compares two walks, entry by entry and field by field, and lists what differs. The rules of a recovery point's
// equality stand here once more, in the witness's own words: see promises.
import type { Witnessed } from "./walk.ts";

export interface Difference {
  readonly path: string;
  /** The field that differs; `entry` when one side lacks the path altogether. */
  readonly field: string;
  readonly source: string;
  readonly secondary: string;
}

export interface EqualityRules {
  /** Open files and the lengths that the manifest states: the first so many bytes are the content. */
  readonly prefixes?: ReadonlyMap<string, number>;
  /**
   * The source is being written while it is compared. HDFS freezes a directory's own time in a snapshot only once an
   * attribute of the directory is changed; until then it moves on as children come and go, and takes over a child's time,
   * which may lie before the snapshot (seen on 3.4.2). The time of a file that was open moves on when it is closed. So then
   * the secondary's may be earlier than what the source's snapshot shows by now, and never later.
   */
  readonly writersLive?: boolean;
  /** What a filter leaves out, told of each path at the source by the story itself. The secondary must not have it. */
  readonly leftOut?: (path: string) => boolean;
}

export interface Equality {
  readonly entries: number;
  readonly files: number;
  readonly bytes: number;
  readonly differences: readonly Difference[];
  /** Access times that differ: shown, never a fault, for readers move them on both sides. */
  readonly accessTimes: number;
  /** Directories, and files that were open, whose times moved on at the source after they were copied: shown, never a fault. */
  readonly movedOn: number;
}

/** Fields that must be equal for both kinds. */
const COMPARED = [
  "type",
  "length",
  "owner",
  "group",
  "permission",
  "acl",
  "xattrs",
  "replication",
  "blockSize",
  "mtimeMs",
  "sha256",
] as const satisfies readonly (keyof Witnessed)[];

/** Compares the walks of one data set's root on both sides. */
export async function equal(
  source: AsyncIterable<Witnessed>,
  secondary: AsyncIterable<Witnessed>,
  rules: EqualityRules = {},
): Promise<Equality> {
  const [theirs, ours] = await Promise.all([gather(source, rules.leftOut), gather(secondary)]);
  const differences: Difference[] = [];
  let files = 0;
  let bytes = 0;
  let accessTimes = 0;
  let movedOn = 0;
  for (const [path, there] of theirs) {
    const here = ours.get(path);
    if (here === undefined) {
      differences.push({ path, field: "entry", source: there.type, secondary: "absent" });
      continue;
    }
    if (there.type === "file") files++;
    bytes += here.length;
    if (there.atimeMs !== here.atimeMs) accessTimes++;
    const moved = hasMovedOn(there, here, rules);
    if (moved) movedOn++;
    differences.push(
      ...differing(expected(moved ? { ...there, mtimeMs: here.mtimeMs } : there, rules), here),
    );
  }
  for (const [path, here] of ours) {
    if (!theirs.has(path)) differences.push({ path, field: "entry", source: "absent", secondary: here.type });
  }
  return { entries: theirs.size, files, bytes, differences, accessTimes, movedOn };
}

/** Of a file that was open at the moment, the stated prefix counts. */
function expected(there: Witnessed, { prefixes }: EqualityRules): Witnessed {
  const prefix = prefixes?.get(there.path);
  return prefix === undefined ? there : { ...there, length: prefix };
}

function hasMovedOn(there: Witnessed, here: Witnessed, { writersLive, prefixes }: EqualityRules): boolean {
  if (writersLive !== true || there.mtimeMs <= here.mtimeMs) return false;
  return there.type === "directory" || prefixes?.has(there.path) === true;
}

function* differing(source: Witnessed, secondary: Witnessed): Generator<Difference> {
  for (const field of COMPARED) {
    // A snapshot sets the mtime of its own root.
    if (field === "mtimeMs" && source.path === "") continue;
    const [there, here] = [text(source[field]), text(secondary[field])];
    if (there !== here) yield { path: source.path, field, source: there, secondary: here };
  }
}

function text(value: unknown): string {
  return Array.isArray(value) ? value.join(" ") : String(value);
}

async function gather(
  walk: AsyncIterable<Witnessed>,
  leftOut: (path: string) => boolean = () => false,
): Promise<Map<string, Witnessed>> {
  const entries = new Map<string, Witnessed>();
  for await (const entry of walk) {
    if (entries.has(entry.path)) throw new Error(`the walk told of ${JSON.stringify(entry.path)} twice`);
    if (!leftOut(entry.path)) entries.set(entry.path, entry);
  }
  return entries;
}

/** The first differences in words, for an assertion's message. */
export function inWords(differences: readonly Difference[], shownMax = 10): string {
  const lines = differences
    .slice(0, shownMax)
    .map(
      ({ path, field, source, secondary }) =>
        `${JSON.stringify(path)} ${field}: source ${source}, secondary ${secondary}`,
    );
  const more = differences.length - lines.length;
  return [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join("\n");
}
