/** How a WebHDFS client is set up. */
import type { Endpoint } from "./endpoint.ts";
import type { Query } from "./url.ts";

export interface WebHdfsOptions {
  /** The NameNode's web address (`dfs.namenode.http-address` or `…https-address`). */
  readonly nameNode: Endpoint;
  readonly identity: Identity;
  /** Which servers file contents may be read from and written to; default: those the NameNode lists. */
  readonly dataNodes?: DataNodeRule | undefined;
  /** Longest silence of a server that is waited for; default SILENCE_MS_MAX_DEFAULT. Long operations (deleting or
   * summing up millions of files) keep silent until they are done. */
  readonly silenceMsMax?: number | undefined;
}

/** One minute, in ms. */
export const SILENCE_MS_MAX_DEFAULT = 60_000;

/** Who the caller is towards HDFS. */
export type Identity =
  /** Simple authentication: the server believes it. `doAs`: act for another, if `hadoop.proxyuser` allows it. */
  | { readonly kind: "simple"; readonly user: string; readonly doAs?: string | undefined }
  /** Asked before every request to the NameNode, and for nothing else: a DataNode gets only what the NameNode put
   * into the location itself (CVE-2020-9492). */
  | { readonly kind: "hook"; readonly authenticate: Authenticate };

/** Headers and query parameters that prove the caller to the NameNode, e.g. a SPNEGO header or a delegation token. */
export type Authenticate = (cancel?: AbortSignal) => Promise<{
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly query?: Query | undefined;
}>;

/** Where contents may go. */
export type DataNodeRule =
  /** Those in the NameNode's `/jmx` (LiveNodes), read again when a location is not among them. */
  | { readonly kind: "listed" }
  /** These `host:port` only, where `/jmx` is closed. */
  | { readonly kind: "fixed"; readonly addresses: readonly string[] }
  /** Only the address of `nameNode` itself: a gateway (Knox, HttpFS) passes the bytes through. */
  | { readonly kind: "gateway" };
