// Walks a path of a cluster, a snapshot's for instance, and tells of every entry all that HDFS keeps of it and the hash
// of its content. Entries come depth first, names in UTF-8 order, the walked path itself first as "".
import { createHash } from "node:crypto";
import type { WebHdfs } from "./webhdfs.ts";

export interface Witnessed {
  /** Relative to the walked path; "" for itself. */
  readonly path: string;
  readonly type: "file" | "directory";
  readonly length: number;
  readonly owner: string;
  readonly group: string;
  /** Octal, as HDFS prints it, with the sticky bit. */
  readonly permission: string;
  /** ACL entries beyond the permission, sorted. */
  readonly acl: readonly string[];
  /** `name=hex`, sorted. */
  readonly xattrs: readonly string[];
  readonly replication: number;
  readonly blockSize: number;
  readonly mtimeMs: number;
  readonly atimeMs: number;
  /** SHA-256 of the content (of its first bytes where `prefixes` says so); null for directories, and when not asked. */
  readonly sha256: string | null;
}

export interface WalkOptions {
  /** Read and hash contents; default true. */
  readonly content?: boolean;
  /** Path → the number of leading bytes that count as its content. */
  readonly prefixes?: ReadonlyMap<string, number>;
  readonly atOnce?: number;
  /** Called with the number of entries told so far. */
  readonly progress?: (entries: number) => void;
}

const AT_ONCE_DEFAULT = 16;
const PROGRESS_EVERY = 500;

interface Status {
  readonly pathSuffix: string;
  readonly type: "FILE" | "DIRECTORY" | "SYMLINK";
  readonly length: number;
  readonly owner: string;
  readonly group: string;
  readonly permission: string;
  readonly aclBit?: boolean;
  readonly replication: number;
  readonly blockSize: number;
  readonly modificationTime: number;
  readonly accessTime: number;
}

/** Yields in order; up to `atOnce` entries are asked about ahead of the one that is yielded. */
export async function* walk(
  hdfs: WebHdfs,
  root: string,
  options: WalkOptions = {},
): AsyncGenerator<Witnessed> {
  const atOnce = options.atOnce ?? AT_ONCE_DEFAULT;
  const waiting: Promise<Witnessed>[] = [];
  let told = 0;
  try {
    for await (const { path, status } of statuses(hdfs, root)) {
      const entry = look(hdfs, root, path, status, options);
      // Awaited in its turn; until then a failure of it must not count as unheard.
      entry.catch(() => {});
      waiting.push(entry);
      if (waiting.length < atOnce) continue;
      yield await (waiting.shift() as Promise<Witnessed>);
      if (++told % PROGRESS_EVERY === 0) options.progress?.(told);
    }
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      yield await next;
      told++;
    }
    options.progress?.(told);
  } finally {
    await Promise.allSettled(waiting);
  }
}

async function* statuses(
  hdfs: WebHdfs,
  root: string,
): AsyncGenerator<{ readonly path: string; readonly status: Status }> {
  const top = (await hdfs.call("GET", root, "GETFILESTATUS"))["FileStatus"] as Status;
  yield { path: "", status: top };
  if (top.type === "DIRECTORY") yield* below(hdfs, root, "");
}

async function* below(
  hdfs: WebHdfs,
  root: string,
  directory: string,
): AsyncGenerator<{ readonly path: string; readonly status: Status }> {
  let after: string | undefined;
  for (;;) {
    const where = join(root, directory);
    const params: Record<string, string> = after === undefined ? {} : { startAfter: after };
    const answer = await hdfs.call("GET", where, "LISTSTATUS_BATCH", params);
    const listing = answer["DirectoryListing"] as {
      readonly partialListing: { readonly FileStatuses: { readonly FileStatus: readonly Status[] } };
      readonly remainingEntries: number;
    };
    const page = listing.partialListing.FileStatuses.FileStatus;
    for (const status of page) {
      const path = directory === "" ? status.pathSuffix : `${directory}/${status.pathSuffix}`;
      yield { path, status };
      if (status.type === "DIRECTORY") yield* below(hdfs, root, path);
    }
    after = page.at(-1)?.pathSuffix;
    if (listing.remainingEntries === 0 || after === undefined) return;
  }
}

async function look(
  hdfs: WebHdfs,
  root: string,
  path: string,
  status: Status,
  options: WalkOptions,
): Promise<Witnessed> {
  if (status.type === "SYMLINK") throw new Error(`${path} is a symbolic link, which a walk does not follow`);
  const where = join(root, path);
  const file = status.type === "FILE";
  const sha256 = file && options.content !== false ? await digest(hdfs, where, status, path, options) : null;
  return {
    path,
    type: file ? "file" : "directory",
    length: status.length,
    owner: status.owner,
    group: status.group,
    permission: status.permission,
    acl: status.aclBit === true ? await aclOf(hdfs, where) : [],
    xattrs: await xattrsOf(hdfs, where),
    replication: status.replication,
    blockSize: status.blockSize,
    mtimeMs: status.modificationTime,
    atimeMs: status.accessTime,
    sha256,
  };
}

async function digest(
  hdfs: WebHdfs,
  where: string,
  status: Status,
  path: string,
  options: WalkOptions,
): Promise<string> {
  const prefix = options.prefixes?.get(path);
  const hash = createHash("sha256");
  let bytes = 0;
  // An open file's length in a listing lags behind what a reader gets, so only a stated prefix bounds it.
  const wanted = prefix ?? status.length;
  for await (const chunk of hdfs.read(where, wanted)) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  if (bytes !== wanted) throw new Error(`${where}: ${bytes} bytes came of ${wanted}`);
  return hash.digest("hex");
}

async function aclOf(hdfs: WebHdfs, where: string): Promise<string[]> {
  const { AclStatus } = await hdfs.call("GET", where, "GETACLSTATUS");
  return [...(AclStatus as { entries: string[] }).entries].sort();
}

async function xattrsOf(hdfs: WebHdfs, where: string): Promise<string[]> {
  const { XAttrs } = await hdfs.call("GET", where, "GETXATTRS", { encoding: "hex" });
  const list = XAttrs as { name: string; value?: string | null }[];
  return list.map(({ name, value }) => `${name}=${value ?? ""}`).sort();
}

function join(root: string, path: string): string {
  return path === "" ? root : `${root}/${path}`;
}
