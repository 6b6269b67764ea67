/** One file or directory of a data set as it was in a snapshot: a line of a manifest. */

export interface Entry {
  /** Name of the data set. */
  readonly set: string;
  /** Relative to the data set's directory; empty for the directory itself. */
  readonly path: string;
  readonly type: "file" | "directory";
  /** The inode id, decimal. Equal ids at one path mean the same inode, so a file made again is seen. */
  readonly id: string;
  /** Bytes; of a file that was open at the moment the length stated at its first listing. 0 for directories. */
  readonly length: number;
  readonly mtimeMs: number;
  /** As of the entry's last change of content or attributes: reading alone makes no change. 0 for directories. */
  readonly atimeMs: number;
  readonly owner: string;
  readonly group: string;
  /** Permission bits with the sticky bit: 0…0o1777. */
  readonly mode: number;
  /** 0 for directories. */
  readonly replication: number;
  /** Bytes; 0 for directories. */
  readonly blockSize: number;
  /** Named and default ACL entries as HDFS prints them, sorted; absent when there are none. */
  readonly acl?: readonly string[];
  /** Extended attributes, sorted by name; values in lower-case hex. Absent when there are none. */
  readonly xattrs?: readonly (readonly [name: string, hex: string])[];
  /** Present on a file that was open at the moment: its content is its first `length` bytes. */
  readonly open?: true;
  /** Of a file's content; absent on directories and until it is known. */
  readonly sha256?: string;
}

/**
 * The order of manifests: by data set, then depth first, names as HDFS lists them.
 * A directory comes directly before what lies in it.
 */
export function compareEntries(a: Place, b: Place): number {
  if (a.set !== b.set) return a.set < b.set ? -1 : 1;
  return compareTreePaths(a.path, b.path);
}

/** What the order looks at. */
export interface Place {
  readonly set: string;
  readonly path: string;
}

/** Compares relative paths depth first; names as HDFS lists them: by their UTF-8 bytes taken as *signed* numbers. */
export function compareTreePaths(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/**
 * `/` ends a name, so it sorts first; then all beyond ASCII, whose bytes are negative as HDFS compares them
 * (DFSUtilClient.compareBytes); then ASCII. Surrogates stand for code points above all of the plane below.
 */
function rank(unit: number): number {
  if (unit === 0x2f) return -0x200000;
  if (unit < 0x80) return unit;
  return (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit) - 0x100000;
}

/** True when owner, group, mode, replication, ACL and xattrs are equal. Type, content and times are the caller's to compare. */
export function sameAttributes(a: Entry, b: Entry): boolean {
  return (
    a.owner === b.owner &&
    a.group === b.group &&
    a.mode === b.mode &&
    a.replication === b.replication &&
    JSON.stringify(a.acl ?? []) === JSON.stringify(b.acl ?? []) &&
    JSON.stringify(a.xattrs ?? []) === JSON.stringify(b.xattrs ?? [])
  );
}
