/** What a caller may choose about one cluster. Everything left out is what Hadoop itself does, but for the few
 * settings in site.ts that make a cluster of one host come up fast and stay on loopback. */
export interface ClusterOptions {
  /** DataNodes of the cluster; default 1. */
  readonly dataNodes?: number | undefined;
  /** Two NameNodes that share their edits through JournalNodes; left out: one NameNode. */
  readonly highAvailability?: HighAvailabilityOptions | undefined;
  /** Callers are known by Kerberos, of a realm that the cluster brings along; left out: they are believed. */
  readonly kerberos?: KerberosOptions | undefined;
  /** `dfs.replication`, at most `dataNodes`; default 3 as in Hadoop, or as many DataNodes as there are. */
  readonly replication?: number | undefined;
  /** `dfs.blocksize`, a multiple of 512; default 128 MiB as in Hadoop. Down to 512 bytes is allowed here. */
  readonly blockSizeBytes?: number | undefined;
  /** `dfs.namenode.snapshot.capture.openfiles`; default false as in Hadoop. */
  readonly captureOpenFiles?: boolean | undefined;
  /** `dfs.permissions.enabled`; default true. Users are named by the caller (simple authentication). */
  readonly permissions?: boolean | undefined;
  /** The account the daemons run as towards HDFS, hence the superuser; default `hdfs`. */
  readonly superuser?: string | undefined;
  /** `dfs.permissions.superusergroup`; default `supergroup`. */
  readonly supergroup?: string | undefined;
  /** The groups of users, as the NameNode resolves them; users not named have none. */
  readonly groups?: Readonly<Record<string, readonly string[]>> | undefined;
  /** `dfs.client.block.write.locateFollowingBlock.initial.delay.ms` of the DataNodes, which are the Java clients
   * behind WebHDFS writes; default Hadoop's 400 ms. */
  readonly dataNodeLocateDelayMs?: number | undefined;
  /** Bytes each DataNode can still take when the cluster starts; default what the disk has. A block is refused
   * when a whole block of the file's block size no longer fits. */
  readonly dataNodeCapacityBytes?: number | undefined;
  /** Largest heap of the NameNode; default 512 MiB (about a million files need 1 GiB). */
  readonly nameNodeHeapMib?: number | undefined;
  /** Largest heap of each DataNode; default 256 MiB. */
  readonly dataNodeHeapMib?: number | undefined;
  /** Flags in place of the ones for short-lived daemons (serial collector, first compiler tier only). */
  readonly jvmFlags?: readonly string[] | undefined;
  /** Write every NameNode operation to `logs/audit.log`; default false. */
  readonly auditLog?: boolean | undefined;
  /** Further `hdfs-site.xml` properties of daemons and clients; they win over everything above. */
  readonly hdfsSite?: Readonly<Record<string, string>> | undefined;
  /** Further `core-site.xml` properties of daemons and clients; they win over everything above. */
  readonly coreSite?: Readonly<Record<string, string>> | undefined;
}

export interface HighAvailabilityOptions {
  /** 1 or 3; default 1. With 3 one of them may end without harm. */
  readonly journalNodes?: number | undefined;
  /** `dfs.nameservices`; default the cluster's name. */
  readonly nameservice?: string | undefined;
}

export interface KerberosOptions {
  /** Default: the cluster's name and `.TEST`, in capitals. */
  readonly realm?: string | undefined;
  /** `hadoop.rpc.protection`; default privacy. More than one, separated by commas, are offered to clients. */
  readonly rpcProtection?: string | undefined;
  /** `dfs.data.transfer.protection`, or `encrypted`: `dfs.encrypt.data.transfer`; default privacy. */
  readonly dataTransfer?: "authentication" | "integrity" | "privacy" | "encrypted" | undefined;
  /** `dfs.encrypt.data.transfer.cipher.suites`; default AES where `encrypted`, else none: the cipher of SASL itself. */
  readonly cipherSuites?: string | undefined;
  /** Users with a keytab besides the superuser, coeval, alice and bob. */
  readonly users?: readonly string[] | undefined;
}

/** Have a keytab in every realm. */
export const KERBEROS_USERS = ["coeval", "alice", "bob"] as const;

export const SUPERUSER_DEFAULT = "hdfs";
export const SUPERGROUP_DEFAULT = "supergroup";
export const BLOCK_SIZE_BYTES_DEFAULT = 128 * 1024 * 1024;
export const BLOCK_SIZE_BYTES_MIN = 512;
export const DATA_NODES_MAX = 8;
export const REPLICATION_DEFAULT = 3;
export const NAME_NODE_HEAP_MIB_DEFAULT = 512;
export const DATA_NODE_HEAP_MIB_DEFAULT = 256;
export const JOURNAL_NODE_HEAP_MIB = 128;

/** Refuses what no cluster could run with, naming the option. */
export function checkOptions(cluster: string, options: ClusterOptions): void {
  const refuse = (option: string, why: string): never => {
    throw new Error(`testbed cluster "${cluster}": option ${option}: ${why}`);
  };
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(cluster)) {
    throw new Error(
      `testbed: "${cluster}" is no cluster name; use a lower-case letter, then letters, digits, "-"`,
    );
  }
  const dataNodes = options.dataNodes ?? 1;
  if (!Number.isInteger(dataNodes) || dataNodes < 1 || dataNodes > DATA_NODES_MAX) {
    refuse("dataNodes", `${dataNodes} is not a whole number from 1 to ${DATA_NODES_MAX}`);
  }
  const replication = replicationOf(options);
  if (!Number.isInteger(replication) || replication < 1 || replication > dataNodes) {
    refuse("replication", `${replication} is not a whole number from 1 to the ${dataNodes} DataNode(s)`);
  }
  const journalNodes = options.highAvailability?.journalNodes ?? 1;
  if (journalNodes !== 1 && journalNodes !== 3) {
    refuse("highAvailability.journalNodes", `${journalNodes} is neither 1 nor 3`);
  }
  const nameservice = options.highAvailability?.nameservice;
  if (nameservice !== undefined && !/^[A-Za-z][A-Za-z0-9-]{0,62}$/.test(nameservice)) {
    refuse("highAvailability.nameservice", `"${nameservice}" is no host name without dots`);
  }
  const blockSizeBytes = options.blockSizeBytes ?? BLOCK_SIZE_BYTES_DEFAULT;
  if (blockSizeBytes < BLOCK_SIZE_BYTES_MIN || blockSizeBytes % BLOCK_SIZE_BYTES_MIN !== 0) {
    refuse("blockSizeBytes", `${blockSizeBytes} is no positive multiple of ${BLOCK_SIZE_BYTES_MIN}`);
  }
  for (const option of ["dataNodeLocateDelayMs", "dataNodeCapacityBytes"] as const) {
    const value = options[option];
    if (value !== undefined && (!Number.isInteger(value) || value < 0)) {
      refuse(option, `${value} is not a whole number from 0`);
    }
  }
}

/** The `dfs.replication` that these options ask for. */
export function replicationOf(options: ClusterOptions): number {
  return options.replication ?? Math.min(REPLICATION_DEFAULT, options.dataNodes ?? 1);
}
