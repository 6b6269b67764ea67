/** Snapshots of HDFS and the differences between them. */
import type { FileStatus } from "./file-status.ts";

export interface SnapshottableDirectory {
  readonly path: string;
  readonly snapshotCount: number;
  /** Most snapshots the directory may have. */
  readonly snapshotQuota: number;
  readonly status: FileStatus;
}

/** As ClientProtocol.getSnapshotListing answers. */
export interface Snapshot {
  readonly name: string;
  /** Rising over the whole file system, never reused. 2^28 in its life on current versions (2^24 on older). */
  readonly snapshotId: number;
  readonly path: string;
  /** Marked deleted and waiting (`dfs.namenode.snapshot.deletion.ordered`). */
  readonly deleted: boolean;
  /** The snapshotted root. Its `modificationTimeMs` is the NameNode's stamp of the creation, until a rename of the
   * snapshot sets it anew. */
  readonly root: FileStatus;
}

/** One entry of the full report. Paths are relative to the snapshot root; "" is the root itself. */
export interface SnapshotDiffEntry {
  readonly type: "create" | "modify" | "delete" | "rename";
  /** In the old tree, but for `create`. */
  readonly path: string;
  /** In the new tree; null but for `rename`. */
  readonly target: string | null;
}

/** One entry of the paged listing; it alone carries inode ids. */
export interface SnapshotDiffListingEntry {
  /** Inode of the parent directory; of the entry itself for a modified directory. */
  readonly dirId: number;
  readonly fileId: number;
  readonly path: string;
  /** New path of a `deleted` entry that was moved inside the root; null otherwise. */
  readonly target: string | null;
  readonly isReference: boolean;
}

/** One page of the paged listing. Entries below *deleted* directories occur and mean nothing. */
export interface SnapshotDiffPage {
  readonly modified: readonly SnapshotDiffListingEntry[];
  readonly created: readonly SnapshotDiffListingEntry[];
  readonly deleted: readonly SnapshotDiffListingEntry[];
}
