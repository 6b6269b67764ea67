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
  /** `webhdfs://host:port`, the NameNode's HTTP address. */
  readonly url: string;
  /** The HDFS user that the agent acts as. */
  readonly user: string;
}

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
