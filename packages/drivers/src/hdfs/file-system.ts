/**
 * What the HDFS driver needs from a file system: one cluster, seen as one user. The driver's whole logic stands on it,
 * so that the real cluster (client-file-system.ts) and the one in memory run the same code.
 *
 * Paths are absolute and normal; below a snapshottable directory `.snapshot/NAME` leads into a snapshot.
 * Every call rejects with a CoevalError: `not-found`, `no-right`, `safe-mode`, `quota-exceeded`, `secondary-full`,
 * `cluster-unreachable`, `protocol`, `corrupt`, and `cluster-refused` for everything else the cluster refuses, in its own words.
 */
import type { ClusterIdentity } from "@coeval/core/model/cluster";
import type { WaitingFor } from "./waiting.ts";

export interface FileSystem {
  /** The HDFS user that every call acts as. */
  readonly user: string;
  /** True when the user passes every permission check. Found by a harmless call. */
  superuser(cancel: AbortSignal): Promise<boolean>;
  /** Whom calls wait for that do not come to an end; left out where that is not known. */
  waitingFor?(): WaitingFor;
  /** Ends connections that live on by themselves; calls under way fail. Left out where there are none. */
  close?(): void;

  /** One file or directory; null when there is none. */
  status(path: string, cancel: AbortSignal): Promise<FileStatus | null>;
  /** A page of a directory, in HDFS's order (core's compareTreePaths), behind the name `after`. `not-found` when there is none. */
  listPage(directory: string, after: string | null, cancel: AbortSignal): Promise<ListPage>;
  /** Makes a directory in one that exists. One that stands there already is success, its mode unchanged. */
  makeDirectory(path: string, mode: number, cancel: AbortSignal): Promise<void>;
  /** Writes a whole file with missing parents, in place of one that stands there. Resolves with the bytes written. */
  create(
    path: string,
    form: FileForm,
    content: AsyncIterable<Uint8Array>,
    cancel: AbortSignal,
  ): Promise<number>;
  /** Exactly `length` bytes from `offset` on, in chunks, each good only until the next is asked for; `corrupt` when the file ends before. */
  open(path: string, offset: number, length: number, cancel: AbortSignal): AsyncIterable<Uint8Array>;
  /** Moves without ever replacing or entering what stands at `to`. */
  rename(from: string, to: string, cancel: AbortSignal): Promise<Renamed>;
  /** Deletes a file, or a directory with all below it, past the trash. False when there was none. */
  remove(path: string, cancel: AbortSignal): Promise<boolean>;
  /** Deletes a directory that is empty. False when there was none, or something lies in it. */
  removeEmpty(path: string, cancel: AbortSignal): Promise<boolean>;

  setOwner(path: string, owner: string, group: string, cancel: AbortSignal): Promise<void>;
  /** Permission bits with the sticky bit. On a path with an ACL the group's bits are the ACL's mask. */
  setMode(path: string, mode: number, cancel: AbortSignal): Promise<void>;
  /** Whole ms since the epoch; null leaves the access time. */
  setTimes(path: string, mtimeMs: number, atimeMs: number | null, cancel: AbortSignal): Promise<void>;
  setReplication(path: string, replication: number, cancel: AbortSignal): Promise<void>;
  /** The entries beyond the permission bits, as HDFS states them: named, default, and `group::` where the bits hold the mask. */
  acl(path: string, cancel: AbortSignal): Promise<readonly string[]>;
  /** Replaces the whole ACL; `entries` state user, group and other as well, and the mask where named entries exist. */
  setAcl(path: string, entries: readonly string[], cancel: AbortSignal): Promise<void>;
  /** Leaves the permission bits alone. */
  removeAcl(path: string, cancel: AbortSignal): Promise<void>;
  /** All that the user may see, values in lower-case hex. */
  xattrs(path: string, cancel: AbortSignal): Promise<readonly Xattr[]>;
  /** Sets or replaces one. */
  setXattr(path: string, xattr: Xattr, cancel: AbortSignal): Promise<void>;
  removeXattr(path: string, name: string, cancel: AbortSignal): Promise<void>;

  /** Needs a superuser. Allowed already is success. */
  allowSnapshot(directory: string, cancel: AbortSignal): Promise<void>;
  /** Needs a superuser, and no snapshot left. Not allowed before is success. */
  disallowSnapshot(directory: string, cancel: AbortSignal): Promise<void>;
  createSnapshot(root: string, name: string, cancel: AbortSignal): Promise<"created" | "exists">;
  /** False when there was none, or no such root. */
  deleteSnapshot(root: string, name: string, cancel: AbortSignal): Promise<boolean>;
  /** Sets the snapshot's stamp anew. */
  renameSnapshot(root: string, from: string, to: string, cancel: AbortSignal): Promise<void>;
  /** Oldest first. */
  snapshots(root: string, cancel: AbortSignal): Promise<readonly SnapshotStatus[]>;
  /** Of all users for a superuser, else the user's own. */
  snapshottableRoots(cancel: AbortSignal): Promise<readonly string[]>;
  /** The cluster's own diff: a hint, not the truth (semantics: HDFS, what changed). `to` null is the live tree. */
  snapshotDiff(root: string, from: string, to: string | null, cancel: AbortSignal): AsyncIterable<DiffEntry>;
  /** Absolute live paths of files below `root` that are open for writing; null when the user may not ask. */
  openFiles(root: string, cancel: AbortSignal): Promise<readonly string[] | null>;

  /** Summed up by the name system, which asks for READ and EXECUTE on every directory below. `not-found` when there is none. */
  contentSummary(path: string, cancel: AbortSignal): Promise<ContentSummary>;

  /** Asked every few seconds: it must cost a large cluster nothing. */
  state(cancel: AbortSignal): Promise<ClusterState>;
  /** How many DataNodes live; null when the user may not ask. */
  liveDataNodes(cancel: AbortSignal): Promise<number | null>;
  /** The effective value of a configuration key; null when unset or not to be read. */
  setting(key: string, cancel: AbortSignal): Promise<string | null>;
}

export interface FileStatus {
  /** Last name of the path; empty for `/`. */
  readonly name: string;
  readonly type: "file" | "directory" | "symlink";
  /** The inode id, decimal. */
  readonly id: string;
  readonly length: number;
  readonly mtimeMs: number;
  readonly atimeMs: number;
  readonly owner: string;
  readonly group: string;
  readonly mode: number;
  readonly replication: number;
  readonly blockSize: number;
  readonly hasAcl: boolean;
  readonly encrypted: boolean;
  readonly erasureCoded: boolean;
  readonly snapshottable: boolean;
}

export interface ListPage {
  readonly entries: readonly FileStatus[];
  readonly more: boolean;
}

export interface FileForm {
  readonly mode: number;
  readonly replication: number;
  readonly blockSize: number;
}

/** `taken`: something stands at the destination, nothing was done. */
export type Renamed = "renamed" | "no-source" | "taken";

/** Name with its namespace, as `user.colour`, and the value in lower-case hex. */
export type Xattr = readonly [name: string, hex: string];

export interface SnapshotStatus {
  readonly name: string;
  /** Counted over the file system's whole life; null on clusters that do not tell. */
  readonly id: number | null;
}

/** Paths are relative to the root, empty for the root itself; all but `target` in the namespace of the earlier side. */
export interface DiffEntry {
  readonly kind: "created" | "deleted" | "modified" | "renamed";
  readonly path: string;
  /** Of `renamed` only. */
  readonly target?: string;
}

export interface ClusterState {
  readonly identity: ClusterIdentity;
  readonly version: string | null;
  readonly safeMode: boolean;
  readonly capacityBytes: number | null;
  readonly remainingBytes: number | null;
  /** Bytes that HDFS itself takes, all replicas. */
  readonly usedBytes: number | null;
}

/** What a tree holds now, without what only its snapshots hold. */
export interface ContentSummary {
  readonly files: number;
  /** The directory itself included. */
  readonly directories: number;
  readonly bytes: number;
  /** On the disks: every replica counted. */
  readonly spaceBytes: number;
}
