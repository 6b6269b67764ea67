/** Sizes and quotas of directories. */

export interface ContentSummary {
  readonly lengthBytes: number;
  readonly fileCount: number;
  readonly directoryCount: number;
  /** Bytes on disk, all replicas. */
  readonly spaceConsumedBytes: number;
  /** Included in the four above: what only snapshots still hold. */
  readonly snapshotLengthBytes: number;
  readonly snapshotFileCount: number;
  readonly snapshotDirectoryCount: number;
  readonly snapshotSpaceConsumedBytes: number;
  readonly quota: Quota;
}

/** As ClientProtocol.getQuotaUsage answers. */
export interface QuotaUsage {
  readonly fileAndDirectoryCount: number;
  readonly spaceConsumedBytes: number;
  readonly quota: Quota;
}

/** Null where nothing is limited. */
export interface Quota {
  /** Files and directories, the directory itself included. */
  readonly names: number | null;
  /** Bytes on disk, all replicas. */
  readonly spaceBytes: number | null;
}
