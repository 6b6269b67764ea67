/** Paths of HDFS: absolute, one slash between names, no dots. Names are bytes to HDFS, always valid UTF-8 (its RPC
 * carries them as text), so here they are well-formed strings. Nothing is normalised: composed and decomposed
 * letters are different names. */

/** `HdfsConstants.MAX_PATH_LENGTH`, which the NameNode holds against the length in characters. */
export const PATH_CHARACTERS_MAX = 8_000;
/** `HdfsConstants.MAX_PATH_DEPTH`. */
export const PATH_DEPTH_MAX = 1_000;

/** Why `path` is none that a request can carry exactly, in words for an operator; null when it is. Names longer than
 * the cluster allows (255 bytes by default) and names with a colon are left to the NameNode to refuse. */
export function pathFault(path: string): string | null {
  if (!path.startsWith("/")) return "is not absolute";
  if (!path.isWellFormed()) return "holds half a surrogate pair, which is no Unicode text and cannot be sent";
  if (path.includes("\0")) return "holds a NUL character";
  if (path.length > PATH_CHARACTERS_MAX)
    return `has ${path.length} characters, more than ${PATH_CHARACTERS_MAX}`;
  if (path === "/") return null;
  const names = path.slice(1).split("/");
  if (names.length > PATH_DEPTH_MAX) return `is ${names.length} names deep, more than ${PATH_DEPTH_MAX}`;
  if (names.includes("")) return 'has an empty name: "//" or a slash at its end';
  if (names.includes(".") || names.includes("..")) return 'has "." or ".." as a name';
  return null;
}

/** `name` inside directory `parent`; `parent` itself when `name` is "". */
export function joinPath(parent: string, name: string): string {
  if (name === "") return parent;
  return parent === "/" ? `/${name}` : `${parent}/${name}`;
}

/** The path of a snapshot of `root`, or of `below` (relative, no leading slash) in it. */
export function snapshotPath(root: string, snapshot: string, below = ""): string {
  return joinPath(joinPath(joinPath(root, ".snapshot"), snapshot), below);
}
