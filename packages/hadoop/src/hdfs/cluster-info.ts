/** What a cluster says of itself: its identity, which is pinned at registration, and its present state. */

export interface ClusterInfo {
  /** `CID-…`, made when the cluster was formatted. */
  readonly clusterId: string;
  /** `BP-<random>-<address>-<ms>`, made with the namespace; unique to it. */
  readonly blockPoolId: string;
  /** E.g. "3.4.2". */
  readonly softwareVersion: string;
  /** "active", "standby", "observer", "initializing". */
  readonly haState: string;
  /** The NameNode's sentence on its safe mode; null when it is off. */
  readonly safeMode: string | null;
  /** Kerberos is required. */
  readonly securityEnabled: boolean;
  /** When this NameNode process started, ms since 1970 by its own clock: another value means a restart. Null where
   * the protocol does not tell (RPC). */
  readonly startedMs: number | null;
  readonly capacityTotalBytes: number;
  readonly capacityRemainingBytes: number;
  /** Bytes that HDFS itself takes, all replicas. */
  readonly capacityUsedBytes: number;
  /** Null where the protocol does not tell (RPC). */
  readonly snapshottableDirectories: number | null;
  /** Null where the caller is not told: RPC tells superusers only. */
  readonly liveDataNodes: readonly DataNodeInfo[] | null;
  /** Null as above. */
  readonly deadDataNodes: number | null;
}

/** A DataNode as the NameNode lists it. */
export interface DataNodeInfo {
  /** The name it registered with. */
  readonly host: string;
  /** `address:port` of its HTTP server. */
  readonly http: string;
  /** `address:port` of its HTTPS server; null when it has none. */
  readonly https: string | null;
  /** `address:port` for data transfer. */
  readonly transfer: string;
  readonly remainingBytes: number;
}

/** Defaults for new files. Source: FsServerDefaults. */
export interface ServerDefaults {
  readonly blockSizeBytes: number;
  readonly replication: number;
  readonly bytesPerChecksum: number;
  /** Data on the wire between client and DataNode is encrypted. */
  readonly encryptDataTransfer: boolean;
  /** Minutes; 0 when there is no trash. */
  readonly trashIntervalMinutes: number;
  /** Address of the key server of encryption zones; null when there is none. */
  readonly keyProviderUri: string | null;
}

/** Where replicas go by kind of disk. Source: BlockStoragePolicy. */
export interface StoragePolicy {
  readonly id: number;
  readonly name: string;
}

/** A checksum of checksums; comparable only between files of equal block and chunk size. */
export interface FileChecksum {
  /** E.g. `MD5-of-0MD5-of-512CRC32C`: depends on block and chunk size. */
  readonly algorithm: string;
  /** Lower-case hex. */
  readonly bytes: string;
}
