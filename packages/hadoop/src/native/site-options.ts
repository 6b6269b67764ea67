/** What a cluster's own site files say about reaching it natively. Source: hdfs-default.xml, core-default.xml of
 * Hadoop 3.4; DFSUtilClient.getHaNnRpcAddresses. */
import type { Protections } from "../rpc/identity.ts";
import type { Server } from "../rpc/link.ts";
import { qopsOf } from "../sasl/mechanism.ts";
import { nameservices, type Site } from "../site-xml.ts";
import { parseServer } from "./endpoint.ts";

/** One namespace, as the files describe it; identity and world are the caller's to add. */
export interface SiteOptions extends SiteSettings {
  /** Null where no nameservices are defined. */
  readonly nameservice: string | null;
  readonly nameNodes: readonly [Server, ...Server[]];
}

/** What the files say of all namespaces alike. */
export interface SiteSettings {
  /** `hadoop.security.authentication` is kerberos. */
  readonly kerberos: boolean;
  /** `dfs.namenode.kerberos.principal`; null when it is not set. */
  readonly serverPrincipal: string | null;
  /** `hadoop.rpc.protection`. */
  readonly rpcProtections: Protections;
  /** `dfs.data.transfer.protection`; null when it is not set. */
  readonly dataTransferProtections: Protections | null;
  /** `dfs.client.use.datanode.hostname`. */
  readonly useHostName: boolean;
  /** `ipc.client.rpc-timeout.ms`; undefined when it is not set. */
  readonly callMsMax: number | undefined;
  /** `ipc.client.connect.timeout`; undefined when it is not set. */
  readonly connectMsMax: number | undefined;
}

/** Options of every namespace. Throws a TypeError that names the property and what is wrong with it. */
export function siteOptions(site: Site): SiteOptions[] {
  const shared = siteSettings(site);
  return nameservices(site).map(({ nameservice, nameNodeIds }) => {
    const ids = nameNodeIds.length === 0 ? [null] : nameNodeIds;
    const [first, ...others] = ids.map((id) => rpcAddress(site, nameservice, id));
    if (first === undefined) throw new TypeError("no NameNode is named");
    return { nameservice, nameNodes: [first, ...others], ...shared };
  });
}

/** For NameNodes whose addresses come from elsewhere. Throws a TypeError that names the property and what is wrong with it. */
export function siteSettings(site: Site): SiteSettings {
  const dataTransfer = site.get("dfs.data.transfer.protection")?.trim() ?? "";
  return {
    kerberos: site.get("hadoop.security.authentication")?.trim().toLowerCase() === "kerberos",
    serverPrincipal: site.get("dfs.namenode.kerberos.principal")?.trim() || null,
    rpcProtections: named("hadoop.rpc.protection", () =>
      qopsOf(site.get("hadoop.rpc.protection")?.trim() || "authentication"),
    ),
    dataTransferProtections:
      dataTransfer === "" ? null : named("dfs.data.transfer.protection", () => qopsOf(dataTransfer)),
    useHostName: site.get("dfs.client.use.datanode.hostname")?.trim() === "true",
    callMsMax: milliseconds(site, "ipc.client.rpc-timeout.ms"),
    connectMsMax: milliseconds(site, "ipc.client.connect.timeout"),
  };
}

function rpcAddress(site: Site, nameservice: string | null, id: string | null): Server {
  const suffix = [nameservice, id].filter((part) => part !== null).map((part) => `.${part}`);
  const key = `dfs.namenode.rpc-address${suffix.join("")}`;
  const text =
    site.get(key) ??
    (id === null ? (site.get("dfs.namenode.rpc-address") ?? fromDefaultFs(site)) : undefined);
  if (text === undefined) throw new TypeError(`${key} is not set, and nothing else names this NameNode`);
  return named(key, () => parseServer(text));
}

function fromDefaultFs(site: Site): string | undefined {
  const url = site.get("fs.defaultFS") ?? site.get("fs.default.name");
  return /^hdfs:\/\/([^/]+)/.exec(url?.trim() ?? "")?.[1];
}

/** Hadoop writes durations as whole ms here; 0 would mean for ever, which nothing here waits. */
function milliseconds(site: Site, key: string): number | undefined {
  const text = site.get(key)?.trim();
  if (text === undefined || text === "0") return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new TypeError(`${key}: "${text}" is no number of milliseconds`);
  return Number(text);
}

function named<T>(key: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new TypeError(`${key}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
