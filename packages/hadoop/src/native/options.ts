/** How a native client is set up. */
import type { HdfsCluster } from "../hdfs/client.ts";
import type { Protections, RpcIdentity } from "../rpc/identity.ts";
import type { RpcOptions } from "../rpc/client.ts";
import type { OnSilence } from "../rpc/connection.ts";
import type { Server } from "../rpc/link.ts";
import type { DataNodesOptions } from "../transfer/data-nodes.ts";

export interface NativeHdfsOptions {
  /** The NameNodes' RPC addresses (`dfs.namenode.rpc-address`); of several, one is active. */
  readonly nameNodes: readonly [Server, ...Server[]];
  readonly identity: RpcIdentity;
  /** The caller's short name, for home and trash; default: the user acted for, the user, the principal's first part. */
  readonly user?: string | undefined;
  /** Longest wait for a NameNode's answer. */
  readonly callMsMax?: number | undefined;
  readonly connectMsMax?: number | undefined;
  /** How long a call seeks an active NameNode, where there are several. */
  readonly failoverMsMax?: number | undefined;
  /** Hears of a NameNode that keeps silent. */
  readonly onSilence?: OnSilence | undefined;
  /** Hears of each try of a NameNode that failed and is made again. */
  readonly onFailedTry?: RpcOptions["onFailedTry"];
  /** `dfs.data.transfer.protection` as qopsOf reads it, the preferred one first; null, the default: not set. A cluster that
   * encrypts by `dfs.encrypt.data.transfer` says so itself. */
  readonly dataTransferProtections?: Protections | null | undefined;
  readonly dataNodes?: DataNodesOptions | undefined;
  /** The same cluster over its web address (a WebHDFS client), for what RPC does not tell: the NameNode's configuration,
   * and who the cluster is where `hadoop.security.authorization` keeps versionRequest for the NameNodes themselves. */
  readonly web?: Pick<HdfsCluster, "getConfiguration" | "getClusterInfo"> | undefined;
}

/** The caller's short name. Rules of the cluster's own (`hadoop.security.auth_to_local`) are not known here. */
export function userOf({ user, identity }: Pick<NativeHdfsOptions, "user" | "identity">): string {
  if (user !== undefined) return user;
  if (identity.kind === "simple") return identity.doAs ?? identity.user;
  const principal = identity.kind === "kerberos" ? (identity.doAs ?? identity.login.principal) : null;
  return principal?.replace(/[/@].*$/, "") ?? "";
}
