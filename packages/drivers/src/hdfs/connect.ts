/**
 * A cluster by its endpoint. `hdfs://` speaks Hadoop's own RPC and data transfer; `webhdfs://` is for gateways and for
 * networks that let only HTTP through.
 */
import { CoevalError } from "@coeval/core/errors";
import type { HdfsEndpoint } from "@coeval/core/model/cluster";
import type { HdfsClient } from "@coeval/hadoop/hdfs/client";
import { createNativeHdfsClient } from "@coeval/hadoop/native/client";
import { parseHdfsUrl } from "@coeval/hadoop/native/endpoint";
import { createWebHdfsClient } from "@coeval/hadoop/webhdfs/client";
import { parseEndpoint } from "@coeval/hadoop/webhdfs/endpoint";
import type { NativeWorld, World } from "@coeval/hadoop/world";
import { createClientFileSystem } from "./client-file-system.ts";
import type { FileSystem } from "./file-system.ts";

/** Both protocols' needs. */
export type ConnectWorld = World & NativeWorld;

/**
 * The cluster at `endpoint` as its user sees it.
 * @throws CoevalError `bad-input` for an address that is none.
 */
export function connectHdfs(world: ConnectWorld, endpoint: HdfsEndpoint): FileSystem {
  return createClientFileSystem(clientOf(world, endpoint), endpoint.user);
}

function clientOf(world: ConnectWorld, { url, web, user }: HdfsEndpoint): HdfsClient {
  const identity = { kind: "simple", user } as const;
  const overWeb = (address: string): HdfsClient =>
    createWebHdfsClient(world, { nameNode: read(address, webAddress), identity });
  if (!url.startsWith("hdfs:")) return overWeb(url);
  return createNativeHdfsClient(world, {
    nameNodes: read(url, parseHdfsUrl),
    identity,
    // What RPC does not tell is asked there.
    ...(web === undefined ? {} : { web: overWeb(web) }),
  });
}

function webAddress(url: string): ReturnType<typeof parseEndpoint> {
  const match = /^(s?)webhdfs:\/\/(.+)$/.exec(url);
  if (!match) throw new TypeError(`"${url}" is no address of a NameNode's web`);
  return parseEndpoint(`http${match[1]}://${match[2]}`);
}

function read<T>(url: string, parse: (url: string) => T): T {
  try {
    return parse(url);
  } catch (cause) {
    const forms = "hdfs://HOST:PORT[,HOST:PORT] or webhdfs://HOST:PORT";
    throw new CoevalError("bad-input", `'${url}' is no endpoint; write ${forms}`, { cause });
  }
}
