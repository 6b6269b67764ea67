/** A registered Hadoop cluster: how it is reached, who it proves to be, and what of it may be used. */
import type { ErrorCode } from "../errors.ts";

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
   * `hdfs://nameservice`, which the agent's own Hadoop configuration resolves; or `webhdfs://host:port`, the NameNode's or
   * a gateway's HTTP address. Matches HDFS_URL_PATTERN.
   */
  readonly url: string;
  /**
   * `webhdfs://host:port[,host:port]` beside an `hdfs://` url, for what RPC does not tell: the NameNode's configuration.
   * Of several the first that answers is asked. Matches WEB_URL_PATTERN.
   */
  readonly web?: string | undefined;
  /** The HDFS user that the agent acts as. By Kerberos it is the principal's short name, and may be left out. */
  readonly user?: string | undefined;
  /** Where callers are known by Kerberos; the agent's own Hadoop configuration may say it instead. */
  readonly kerberos?: HdfsKerberos | undefined;
}

/** How a cluster that knows its callers by Kerberos proves itself; whose keys prove an agent is the agent's own affair. */
export interface HdfsKerberos {
  /** `dfs.namenode.kerberos.principal`: `service/host@REALM`, `_HOST` for the host that is connected to. Matches SERVER_PRINCIPAL_PATTERN. */
  readonly nameNode: string;
  /** `hadoop.rpc.protection`; left out: what the NameNode offers, the strongest first. */
  readonly rpcProtection?: Protection | undefined;
  /** `dfs.data.transfer.protection`; left out: not set. */
  readonly dataTransferProtection?: Protection | undefined;
}

/** What SASL does to the messages of a proven connection. */
export const PROTECTIONS = ["authentication", "integrity", "privacy"] as const;
/** See PROTECTIONS. */
export type Protection = (typeof PROTECTIONS)[number];

const SERVER = String.raw`(\[[0-9a-fA-F:]+\]|[A-Za-z0-9_.-]+):[1-9]\d{0,4}`;
/** The web addresses of up to five NameNodes of one namespace. */
export const WEB_URL_PATTERN = new RegExp(`^webhdfs://${SERVER}(,${SERVER}){0,4}$`);
/** A nameservice of the agent's own Hadoop configuration: it has no port. */
export const NAMESERVICE_URL_PATTERN = /^hdfs:\/\/([A-Za-z][A-Za-z0-9_.-]{0,252})$/;
/** Where HDFS is reached: over HTTP, by RPC, up to five NameNodes of one namespace, or by the name of a nameservice. */
export const HDFS_URL_PATTERN = new RegExp(
  `^webhdfs://${SERVER}$|^hdfs://${SERVER}(,${SERVER}){0,4}$|${NAMESERVICE_URL_PATTERN.source}`,
);
/** The principal of a server: service, host or `_HOST`, realm. */
export const SERVER_PRINCIPAL_PATTERN = /^[A-Za-z0-9_.-]+\/(_HOST|\*|[A-Za-z0-9_.-]+)@[A-Za-z0-9_.-]+$/;

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
  /** The cause's code, when not reachable; left out: `cluster-unreachable`. */
  readonly code?: ErrorCode | undefined;
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
