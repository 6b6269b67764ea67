/** A real cluster for the tests of one file or suite, and clients of it that end with it. Not a test itself: the set-up
 * that real tests have in common. */
import { after, before } from "node:test";
import { type Cluster, startCluster } from "@coeval/testbed/cluster";
import type { ClusterOptions } from "@coeval/testbed/options";
import { createClientWorld } from "@coeval/platform/client-world";
import type { HdfsClient } from "./hdfs/client.ts";
import { createNativeHdfsClient, type NativeHdfsClient } from "./native/client.ts";
import { parseServer } from "./native/endpoint.ts";
import type { NativeHdfsOptions } from "./native/options.ts";
import { createWebHdfsClient } from "./webhdfs/client.ts";
import { parseEndpoint } from "./webhdfs/endpoint.ts";
import type { NativeWorld, StreamTransport } from "./world.ts";

/** See the top of this file. */
export interface RealCluster {
  /** Running from the suite's first test to its last. */
  readonly cluster: Cluster;
  readonly world: NativeWorld;
  /** A native client of its own; closed after the last test. */
  native(user?: string, options?: Partial<NativeHdfsOptions>): NativeHdfsClient;
  /** A WebHDFS client. */
  web(user?: string, address?: string): HdfsClient;
}

/** The one who may do everything. */
const SUPERUSER = "hdfs";
const WEB_SILENCE_MS_MAX = 20_000;

/** Starts the cluster before the first test of the suite under way and stops it after the last. `around` stands between
 * the clients and the network. */
export function realCluster(
  name: string,
  options: ClusterOptions,
  around: (streams: StreamTransport) => StreamTransport = (streams) => streams,
): RealCluster {
  const own = createClientWorld();
  const world = { ...own, streams: around(own.streams) };
  const clients: NativeHdfsClient[] = [];
  let started: Cluster | null = null;
  const cluster = (): Cluster => {
    if (started === null) throw new Error(`the cluster ${name} is not started yet: ask within a test`);
    return started;
  };
  before(async () => {
    const dir = new URL(`../../../.testbed/${name}`, import.meta.url).pathname;
    started = await startCluster({ name, dir, options });
  });
  after(async () => {
    for (const client of clients) client.close();
    own.close();
    await started?.stop();
  });
  return {
    get cluster() {
      return cluster();
    },
    world,
    native(user = SUPERUSER, more = {}) {
      const nameNodes = [parseServer(cluster().nameNodeRpc)] as const;
      const client = createNativeHdfsClient(world, {
        nameNodes,
        identity: { kind: "simple", user },
        ...more,
      });
      clients.push(client);
      return client;
    },
    web(user = SUPERUSER, address = cluster().nameNodeHttp) {
      const identity = { kind: "simple", user } as const;
      const nameNode = parseEndpoint(address);
      return createWebHdfsClient(world, { nameNode, identity, silenceMsMax: WEB_SILENCE_MS_MAX });
    },
  };
}
