/** What HDFS says of one file or directory. */

export type FileType = "file" | "directory" | "symlink";

/**
 * One inode's attributes as listed. Source: `HdfsFileStatus` (hadoop-hdfs-client), carried by WebHDFS as
 * `FileStatus` (JsonUtil.toJsonMap).
 */
export interface FileStatus {
  /** Name inside the listed directory; "" when asked for by its own path. */
  readonly name: string;
  readonly type: FileType;
  /** Inode number: stays over renames, is never given to another inode. A snapshot path shows the live inode's. */
  readonly fileId: number;
  /** Bytes; 0 for directories. Of a file open for writing: what the NameNode knows, which is the complete blocks and
   * the first flush of the last one. */
  readonly lengthBytes: number;
  readonly owner: string;
  readonly group: string;
  /** The nine permission bits and the sticky bit, e.g. 0o1777. With an ACL the group bits are its mask. */
  readonly permission: number;
  /** Ms since 1970 by the NameNode's clock. Of a snapshot root: when the snapshot was taken or last renamed. */
  readonly modificationTimeMs: number;
  /** Ms since 1970, rounded to `dfs.namenode.accesstime.precision` (1 h by default); 0 for most directories. */
  readonly accessTimeMs: number;
  /** 0 for directories. */
  readonly replication: number;
  /** Block size for new blocks, in bytes; 0 for directories. */
  readonly blockSizeBytes: number;
  /** Entries of a directory; 0 for files. */
  readonly childrenNum: number;
  /** Id of the storage policy set on the inode or inherited; 0 when none is set. */
  readonly storagePolicy: number;
  /** An ACL beyond the permission bits exists. */
  readonly hasAcl: boolean;
  /** Inside an encryption zone: content read through WebHDFS is decrypted by the DataNode's own client. */
  readonly encrypted: boolean;
  readonly erasureCoded: boolean;
  /** Name of the erasure coding policy; null when none. */
  readonly ecPolicy: string | null;
  /** Target of a symbolic link; null for anything else. */
  readonly symlink: string | null;
  /** Snapshots are allowed on this directory. */
  readonly snapshottable: boolean;
}

/** One page of a directory, in the order of {@link compareNames}. */
export interface DirectoryPage {
  readonly entries: readonly FileStatus[];
  /** How many entries follow this page. */
  readonly remaining: number;
}
