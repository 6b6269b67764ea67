/** A registered Hadoop cluster: how it is reached, who it proves to be, and what of it may be used. */

export interface Cluster {
  /** Never changes. Matches `NAME_PATTERN`. */
  readonly name: string;
  readonly hdfs: HdfsEndpoint;
  /** Path prefixes that services may lie in, e.g. `/data`; a service outside is refused. */
  readonly scopes: readonly string[];
}

/** Where and as whom an agent reaches HDFS. */
export interface HdfsEndpoint {
  /**
   * `hdfs://host:port[,host:port]`, the RPC addresses of the NameNode, or of several of which one is active; or
   * `webhdfs://host:port`, the NameNode's or a gateway's HTTP address. Matches HDFS_URL_PATTERN.
   */
  readonly url: string;
  /** `webhdfs://host:port` beside an `hdfs://` url, for what RPC does not tell: the NameNode's configuration. */
  readonly web?: string | undefined;
  /** The HDFS user that the agent acts as. */
  readonly user: string;
}

const SERVER = String.raw`(\[[0-9a-fA-F:]+\]|[A-Za-z0-9_.-]+):[1-9]\d{0,4}`;
/** The NameNode's HTTP address. */
export const WEBHDFS_URL_PATTERN = new RegExp(`^webhdfs://${SERVER}$`);
/** Where HDFS is reached: over HTTP, or by RPC, up to five NameNodes of one namespace. */
export const HDFS_URL_PATTERN = new RegExp(`^(webhdfs://${SERVER}|hdfs://${SERVER}(,${SERVER}){0,4})$`);

/** What an HDFS cluster says it is; pinned at the first meeting and proven before every act. */
export interface ClusterIdentity {
  readonly clusterId: string;
  readonly namespaceId: string;
}

/** Names of clusters, services, data sets: 1–63 of `a–z 0–9 -`, starting with a letter or digit. */
export const NAME_PATTERN = /^[a-z0-9][a-z0-9-]{0,62}$/;
/** Characters of a name at most, as NAME_PATTERN has it. */
export const MAX_NAME_CHARS = 63;

/** What an agent last saw of its cluster. */
export interface ClusterStatus {
  readonly reachable: boolean;
  /** First line of the cause when not reachable or not usable; null when well. */
  readonly cause: string | null;
  readonly identity: ClusterIdentity | null;
  readonly version: string | null;
  readonly safeMode: boolean;
  readonly capacityBytes: number | null;
  readonly remainingBytes: number | null;
}

/** What a cluster shows beyond its status when it is looked at closely. */
export interface Inspection {
  /** The user that the agent acts as. */
  readonly user: string;
  /** It passes every permission check. */
  readonly superuser: boolean;
  /** Directories that allow snapshots: all for a superuser, else the user's own; the first SNAPSHOTTABLE_SHOWN_MAX by name. */
  readonly snapshottable: readonly string[];
  /** How many there are. */
  readonly snapshottableCount: number;
  /** Files that are open at a snapshot are frozen by the cluster itself. */
  readonly freezesOpenFiles: boolean;
  /** Bytes on the disks that are HDFS's, all replicas; null when the cluster does not tell. */
  readonly usedBytes: number | null;
  /** DataNodes that live: no file has more replicas; null when the cluster does not tell. */
  readonly dataNodes: number | null;
  /** What of the cluster was granted, and whether it can be read. */
  readonly scopes: readonly { readonly path: string; readonly state: ScopeState }[];
}

/** Whether a granted directory can be used: `denied` when its listing is refused. */
export type ScopeState = "readable" | "missing" | "denied" | "no-directory";

/** Paths of an inspection at most. */
export const SNAPSHOTTABLE_SHOWN_MAX = 20;
