/** Addresses of NameNodes as a URL. */
import type { Server } from "../rpc/link.ts";

/** `HdfsClientConfigKeys.DFS_NAMENODE_RPC_PORT_DEFAULT`. */
export const RPC_PORT_DEFAULT = 8020;
/** NameNodes of one namespace; HDFS itself advises against more than five. */
export const NAME_NODES_MAX = 16;

/**
 * Reads `hdfs://host:port`, or `hdfs://host:port,host:port` for NameNodes of which one is active; IPv6 addresses in
 * brackets; the port may be left out. Throws a TypeError that names what is wrong.
 */
export function parseHdfsUrl(url: string): [Server, ...Server[]] {
  const list = /^hdfs:\/\/([^/?#]+)\/?$/i.exec(url)?.[1];
  const [first, ...others] = (list ?? "").split(",");
  if (first === undefined || list === undefined)
    throw new TypeError(`"${url}" is no address of a NameNode; give hdfs://HOST:PORT`);
  if (others.length >= NAME_NODES_MAX)
    throw new TypeError(`"${url}" names more than ${NAME_NODES_MAX} NameNodes`);
  return [parseServer(first), ...others.map(parseServer)];
}

/** Reads `host` or `host:port`. Throws a TypeError that names what is wrong. */
export function parseServer(text: string): Server {
  const match = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(text.trim());
  const [, host, digits = String(RPC_PORT_DEFAULT)] = match ?? [];
  const port = Number(digits);
  if (host === undefined || port < 1 || port > 65_535)
    throw new TypeError(`"${text}" is no address of a server; give HOST:PORT`);
  return { host: host.replace(/^\[|\]$/g, ""), port };
}
