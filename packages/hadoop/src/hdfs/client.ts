/** HDFS as this package offers it, whichever protocol carries it: WebHDFS now, native RPC later. Consumers should ask
 * for the smallest of these interfaces they need.
 *
 * Common to all calls: `cancel` ends a call with its reason. Failures are {@link HdfsError}s. Reads are repeated a
 * few times over lost connections; changes are repeated only where doing them twice is the same as once
 * (`HdfsError.maybeDone` says when a failed change may have happened). */
import type { AclStatus } from "./acl.ts";
import type { FileBlocks } from "./blocks.ts";
import type { ClusterInfo, FileChecksum, ServerDefaults, StoragePolicy } from "./cluster-info.ts";
import type { ContentSummary, Quota, QuotaUsage } from "./content-summary.ts";
import type { DirectoryPage, FileStatus } from "./file-status.ts";
import type { OpenFile } from "./open-file.ts";
import type { Snapshot, SnapshotDiffEntry, SnapshotDiffPage, SnapshottableDirectory } from "./snapshot.ts";
import type { XAttr } from "./xattr.ts";

export interface HdfsClient
  extends HdfsTree,
    HdfsUsage,
    HdfsReading,
    HdfsWriting,
    HdfsAttributes,
    HdfsSnapshots,
    HdfsSnapshotDiffs,
    HdfsCluster {}

/** Names: what is where. */
export interface HdfsTree {
  /** Fails with `notFound`. */
  getFileStatus(path: string, cancel?: AbortSignal): Promise<FileStatus>;
  /** All entries of a directory, page by page, in the order of {@link compareNames}. Entries that come or go while
   * it runs may be seen or not; listing a snapshot path is exact. Fails with `notADirectory` on a file. */
  listStatus(path: string, cancel?: AbortSignal): AsyncIterable<FileStatus>;
  /** The page that follows the name `after` ("" for the first one); the NameNode sets its size (1,000). */
  listStatusPage(path: string, after: string, cancel?: AbortSignal): Promise<DirectoryPage>;
  /** Makes the directory and missing ancestors; an existing directory is success and keeps its permission. A
   * parent's default ACL masks `permission`. */
  mkdirs(path: string, permission: number, cancel?: AbortSignal): Promise<void>;
  /** Exactly `from` to `to`, never *into* `to`. Without `overwrite` an existing `to` is `alreadyExists`; with it a
   * file replaces a file, a directory an empty directory. One atomic step. Changes the mtime of both parents only. */
  rename(
    from: string,
    to: string,
    options: { readonly overwrite: boolean },
    cancel?: AbortSignal,
  ): Promise<void>;
  /** False when there was nothing. Fails with `notEmpty` on a filled directory unless `recursive`, and with
   * `hasSnapshots` when the directory, or one below it, has snapshots. */
  delete(path: string, options: { readonly recursive: boolean }, cancel?: AbortSignal): Promise<boolean>;
}

/** How much there is, how much there may be, and who may. */
export interface HdfsUsage {
  getContentSummary(path: string, cancel?: AbortSignal): Promise<ContentSummary>;
  getQuotaUsage(path: string, cancel?: AbortSignal): Promise<QuotaUsage>;
  /** Superusers only. Null lifts a limit. */
  setQuota(path: string, quota: Quota, cancel?: AbortSignal): Promise<void>;
  /** Fails with `accessControl` when the caller may not; `action` is like "r-x". */
  checkAccess(path: string, action: string, cancel?: AbortSignal): Promise<void>;
  getHomeDirectory(cancel?: AbortSignal): Promise<string>;
  /** Where deleted files of `path` would be moved to by Hadoop's shell. */
  getTrashRoot(path: string, cancel?: AbortSignal): Promise<string>;
}

/** Bytes out of files. */
export interface HdfsReading {
  /** Exactly `lengthBytes` bytes from `offsetBytes`: fewer is an error (`truncated`, or `invalidRange` when the file
   * ends before the offset), never an early end. Safe to leave early. Once bytes have come nothing is repeated: the
   * caller goes on at the offset it has reached. */
  open(path: string, range: ReadRange, cancel?: AbortSignal): AsyncIterable<Uint8Array>;
  /** The blocks that hold the range. A file of a million blocks answers with a GiB: ask for parts of large files. */
  getBlockLocations(path: string, range: ByteRange, cancel?: AbortSignal): Promise<FileBlocks>;
  getFileChecksum(path: string, cancel?: AbortSignal): Promise<FileChecksum>;
}

/** Bytes into files. */
export interface HdfsWriting {
  /** Writes a new file and closes it; resolves with the bytes sent. When it fails, a shorter file or one still open
   * may be left: write where only complete files are looked at. */
  create(path: string, body: Body, options: CreateOptions, cancel?: AbortSignal): Promise<number>;
  /** Adds to the end of an existing file; same warning. Fails with `leaseConflict` while somebody writes it. */
  append(path: string, body: Body, cancel?: AbortSignal): Promise<number>;
  /** True when done; false when the last block is still being cut: wait until `underConstruction` is false. */
  truncate(path: string, lengthBytes: number, cancel?: AbortSignal): Promise<boolean>;
  /** Moves the blocks of `sources`, in order, to the end of `target`; the sources are gone then. All must share
   * block size and replication rules, none may be in a snapshot (FSDirConcatOp); no source's name may hold a comma. */
  concat(target: string, sources: readonly string[], cancel?: AbortSignal): Promise<void>;
}

/** A part of a file; both bounds are whole numbers from 0. */
export interface ByteRange {
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/** What to read, and for how long what is read is the caller's. */
export interface ReadRange extends ByteRange {
  /**
   * Each piece is good only until the next one is asked for; then its memory may be filled again. Large files are read with half the
   * processor time so. Otherwise, and by default, pieces are the caller's for good.
   */
  readonly lent?: boolean | undefined;
}

/** Chunks of any size above 0. Each is done with when the next is asked for: its memory may be filled again then. */
export type Body = Uint8Array | AsyncIterable<Uint8Array>;

/** How a new file is made. */
export interface CreateOptions {
  /** The nine permission bits; the server applies no umask, but a parent's default ACL masks it. */
  readonly permission: number;
  /** Replace an existing file; it is then truncated at once. */
  readonly overwrite: boolean;
  /** Default: the DataNode's configuration. */
  readonly replication?: number | undefined;
  /** Default: the DataNode's configuration. A multiple of 512. */
  readonly blockSizeBytes?: number | undefined;
}

/** Owners, modes, times, lists. None of them changes any mtime, but setTimes. */
export interface HdfsAttributes {
  /** Superusers, or the owner giving it to a group of theirs. Names are not checked by HDFS. */
  setOwner(
    path: string,
    owner: { readonly owner?: string | undefined; readonly group?: string | undefined },
    cancel?: AbortSignal,
  ): Promise<void>;
  /** Bits as in 0o1777. On an inode with an ACL the group bits set its mask. */
  setPermission(path: string, permission: number, cancel?: AbortSignal): Promise<void>;
  /** Of a file or a directory; what is left out stays. Ms since 1970, not negative. Needs WRITE on it, no more. */
  setTimes(
    path: string,
    times: { readonly modificationTimeMs?: number | undefined; readonly accessTimeMs?: number | undefined },
    cancel?: AbortSignal,
  ): Promise<void>;
  /** Fails with `notFound` on a directory too. */
  setReplication(path: string, replication: number, cancel?: AbortSignal): Promise<void>;
  getAclStatus(path: string, cancel?: AbortSignal): Promise<AclStatus>;
  /** Makes the ACL exactly `entries`, see {@link fullAcl}: a default list that they do not hold is removed (first, in
   * a step of its own). The sticky bit stays. User and group names must match the server's
   * `dfs.webhdfs.acl.provider.permission.pattern` (letters, digits, `._-` by default). */
  setAcl(path: string, entries: readonly string[], cancel?: AbortSignal): Promise<void>;
  /** Removes access and default list; the group bits become the group's entry. */
  removeAcl(path: string, cancel?: AbortSignal): Promise<void>;
  /** All that the caller may see: `trusted.` for superusers only. Order means nothing. */
  getXAttrs(path: string, cancel?: AbortSignal): Promise<readonly XAttr[]>;
  /** Creates or replaces it. */
  setXAttr(path: string, xattr: XAttr, cancel?: AbortSignal): Promise<void>;
  /** Fails with `xattrNotFound`. */
  removeXAttr(path: string, name: string, cancel?: AbortSignal): Promise<void>;
  getStoragePolicy(path: string, cancel?: AbortSignal): Promise<StoragePolicy>;
  setStoragePolicy(path: string, name: string, cancel?: AbortSignal): Promise<void>;
}

/** Snapshots: ClientProtocol's calls of the same names. */
export interface HdfsSnapshots {
  /** Superusers only. Repeating it is success. */
  allowSnapshot(path: string, cancel?: AbortSignal): Promise<void>;
  /** Superusers only. Fails with `hasSnapshots`. */
  disallowSnapshot(path: string, cancel?: AbortSignal): Promise<void>;
  /** The owner of the root, or a superuser. Resolves with the snapshot's path. Fails with `notSnapshottable`,
   * `snapshotExists`, `safeMode`. Never repeated here: the caller knows whether its name is its own. */
  createSnapshot(root: string, name: string, cancel?: AbortSignal): Promise<string>;
  /** Fails with `snapshotNotFound`. */
  deleteSnapshot(root: string, name: string, cancel?: AbortSignal): Promise<void>;
  /** Sets the snapshot root's mtime too. Fails with `snapshotExists`, `snapshotNotFound`. */
  renameSnapshot(root: string, from: string, to: string, cancel?: AbortSignal): Promise<void>;
  /** Those the caller owns; all for a superuser. */
  getSnapshottableDirectories(cancel?: AbortSignal): Promise<readonly SnapshottableDirectory[]>;
  /** Every snapshot of the root, by name in {@link compareNames} order. Fails with `notSnapshottable`. */
  getSnapshots(root: string, cancel?: AbortSignal): Promise<readonly Snapshot[]>;
}

/** What differs between two snapshots of one root. */
export interface HdfsSnapshotDiffs {
  /** The full report in one answer; "" means the live tree. Names neither times alone nor content changed under the
   * same length; see the design's semantics. Needs READ on the snapshot roots. */
  getSnapshotDiff(
    root: string,
    from: string,
    to: string,
    cancel?: AbortSignal,
  ): Promise<readonly SnapshotDiffEntry[]>;
  /** The same page by page, with inode ids; `to` may be "". */
  getSnapshotDiffPages(
    root: string,
    from: string,
    to: string,
    cancel?: AbortSignal,
  ): AsyncIterable<SnapshotDiffPage>;
}

/** What the cluster says of itself. */
export interface HdfsCluster {
  /**
   * @param asked `dataNodes: false` leaves the DataNodes out where they cost something: by RPC the NameNode tells each of them, which in
   * a large cluster is no question to ask every few seconds.
   */
  getClusterInfo(cancel?: AbortSignal, asked?: { readonly dataNodes: boolean }): Promise<ClusterInfo>;
  getServerDefaults(cancel?: AbortSignal): Promise<ServerDefaults>;
  /** An effective property of the NameNode; null when it is not set. Fails with `accessControl` where only
   * administrators may ask (`hadoop.security.instrumentation.requires.admin`). */
  getConfiguration(key: string, cancel?: AbortSignal): Promise<string | null>;
  /** Files below `path` that somebody writes. No superuser is needed, but READ and EXECUTE on every directory below:
   * one closed directory makes it fail with `accessControl` before its end. */
  listOpenFiles(path: string, cancel?: AbortSignal): AsyncIterable<OpenFile>;
}
