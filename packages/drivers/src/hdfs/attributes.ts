/** Owner, group, mode, ACL, xattrs, replication and times: read, made equal to an entry's, and proven. */
import { CoevalError } from "@coeval/core/errors";
import type { Entry } from "@coeval/core/model/entry";
import type { ExtendedAttributes } from "@coeval/core/ports/source";
import { aclEntries } from "./acl.ts";
import type { FileStatus, FileSystem, Xattr } from "./file-system.ts";

/** @throws CoevalError `unsupported` for an xattr of a namespace that cannot be set again. */
export async function readExtended(
  fs: FileSystem,
  path: string,
  hasAcl: boolean,
  cancel: AbortSignal,
): Promise<ExtendedAttributes> {
  const acl = hasAcl ? [...(await fs.acl(path, cancel))].sort() : [];
  const xattrs = await carriedXattrs(fs, path, cancel);
  return { ...(acl.length > 0 ? { acl } : {}), ...(xattrs.length > 0 ? { xattrs } : {}) };
}

/** `staged`: made by this run, so it has no xattrs but those it was given, and its content and access time are known. */
export type Stand = "staged" | "live";

/** What attributes are looked at before they are changed. */
export type Attributes = Pick<
  FileStatus,
  "owner" | "group" | "mode" | "replication" | "hasAcl" | "mtimeMs" | "atimeMs"
>;

/** Makes the attributes and times equal; what is equal already costs no call. Times come last: other calls may move them. */
export async function applyAttributes(
  fs: FileSystem,
  path: string,
  entry: Entry,
  now: Attributes,
  stand: Stand,
  cancel: AbortSignal,
): Promise<void> {
  if (now.owner !== entry.owner || now.group !== entry.group) {
    await fs.setOwner(path, entry.owner, entry.group, cancel);
  }
  const wantsAcl = entry.acl !== undefined && entry.acl.length > 0;
  if (wantsAcl) await fs.setAcl(path, aclEntries(entry), cancel);
  else if (now.hasAcl) await fs.removeAcl(path, cancel);
  if (now.mode !== entry.mode || now.hasAcl || wantsAcl) await fs.setMode(path, entry.mode, cancel);
  const wanted = entry.xattrs ?? [];
  if (stand === "live" || wanted.length > 0) await applyXattrs(fs, path, wanted, cancel);
  if (entry.type === "file" && now.replication !== entry.replication) {
    await fs.setReplication(path, entry.replication, cancel);
  }
  const atimeMs = entry.type === "file" ? entry.atimeMs : null;
  if (now.mtimeMs !== entry.mtimeMs || (atimeMs !== null && now.atimeMs !== atimeMs)) {
    await fs.setTimes(path, entry.mtimeMs, atimeMs, cancel);
  }
}

/**
 * Reads everything back and compares.
 * Of a staged file also length and block size, and the access time, which a later reading of it moves.
 * @throws CoevalError `not-equal` naming path and attributes.
 */
export async function proveAttributes(
  fs: FileSystem,
  path: string,
  entry: Entry,
  stand: Stand,
  cancel: AbortSignal,
): Promise<void> {
  const status = await fs.status(path, cancel);
  if (!status) throw notEqual(entry, path, ["missing"]);
  const { acl = [], xattrs = [] } = await readExtended(fs, path, status.hasAcl, cancel);
  const wrong: string[] = [];
  const compare = (what: string, wanted: unknown, found: unknown): void => {
    if (wanted !== found) wrong.push(`${what} ${String(found)} instead of ${String(wanted)}`);
  };
  compare("type", entry.type, status.type);
  compare("owner", entry.owner, status.owner);
  compare("group", entry.group, status.group);
  compare("mode", entry.mode.toString(8), status.mode.toString(8));
  compare("ACL", JSON.stringify(entry.acl ?? []), JSON.stringify(acl));
  compare("xattrs", JSON.stringify(entry.xattrs ?? []), JSON.stringify(xattrs));
  compare("mtime", entry.mtimeMs, status.mtimeMs);
  if (entry.type === "file") compare("replication", entry.replication, status.replication);
  if (entry.type === "file" && stand === "staged") {
    compare("length", entry.length, status.length);
    compare("block size", entry.blockSize, status.blockSize);
    compare("atime", entry.atimeMs, status.atimeMs);
  }
  if (wrong.length > 0) throw notEqual(entry, path, wrong);
}

async function applyXattrs(
  fs: FileSystem,
  path: string,
  wanted: readonly Xattr[],
  cancel: AbortSignal,
): Promise<void> {
  const there = await carriedXattrs(fs, path, cancel);
  for (const [name] of there) {
    if (!wanted.some(([each]) => each === name)) await fs.removeXattr(path, name, cancel);
  }
  for (const [name, hex] of wanted) {
    if (!there.some((each) => each[0] === name && each[1] === hex))
      await fs.setXattr(path, [name, hex], cancel);
  }
}

/**
 * `user.` and `trusted.` can be set by a superuser and are carried; `system.` and `raw.` are HDFS's own and never shown.
 * `security.` holds the mark that makes a file unreadable by superusers: such a file cannot be read back.
 */
async function carriedXattrs(fs: FileSystem, path: string, cancel: AbortSignal): Promise<readonly Xattr[]> {
  const all = await fs.xattrs(path, cancel);
  const security = all.find(([name]) => name.startsWith("security."));
  if (security)
    throw new CoevalError(
      "unsupported",
      `${path} bears the xattr ${security[0]}, which cannot be carried over`,
    );
  return all
    .filter(([name]) => name.startsWith("user.") || name.startsWith("trusted."))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function notEqual(entry: Entry, path: string, wrong: readonly string[]): CoevalError {
  const name = entry.path === "" ? entry.set : `${entry.set}:${entry.path}`;
  return new CoevalError("not-equal", `${name}: ${wrong.join("; ")}`, { evidence: [path] });
}
