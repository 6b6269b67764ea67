/** The HDFS driver passes the conformance suite on a real NameNode and DataNode, with small pages. Some minutes. */
import { after, before, test } from "node:test";
import { createClock } from "@coeval/platform/clock";
import { type NodeHttp, nodeHttp } from "@coeval/platform/http";
import { createRandom } from "@coeval/platform/random";
import { type Cluster, startCluster } from "@coeval/testbed/cluster";
import type { HdfsClient } from "@coeval/hadoop/hdfs/client";
import { createWebHdfsClient } from "@coeval/hadoop/webhdfs/client";
import { parseEndpoint } from "@coeval/hadoop/webhdfs/endpoint";
import type { ConformanceCluster, OpenForWrite } from "../conformance/harness.ts";
import { conformanceSuite } from "../conformance/suite.ts";
import { createHdfsSource } from "./source.ts";
import { createHdfsTarget } from "./target.ts";
import { createWebHdfsFileSystem } from "./webhdfs.ts";

const POLL_MS = 20;
const POLLS_MAX = 1500;

const clock = createClock();
const world = { clock, random: createRandom(), log: { info() {}, warn() {}, error() {} } };
let cluster: Cluster;
let http: NodeHttp;

before(async () => {
  const dir = new URL("../../../../.testbed/drivers", import.meta.url).pathname;
  const hdfsSite = {
    "dfs.ls.limit": "7",
    "dfs.namenode.snapshotdiff.listing.limit": "7",
    // Files of more replicas than there are DataNodes are appended to.
    "dfs.client.block.write.replace-datanode-on-failure.policy": "NEVER",
  };
  const options = { blockSizeBytes: 1024 * 1024, dataNodeLocateDelayMs: 1, hdfsSite };
  cluster = await startCluster({ name: "drivers", dir, options });
  http = nodeHttp();
});
after(async () => {
  http?.close();
  await cluster?.stop();
});

conformanceSuite("hdfs", test, async () => conformanceCluster(), {
  firstSeed: 1,
  count: 6,
  moments: 4,
  edits: 12,
});

function conformanceCluster(): ConformanceCluster {
  const clientOf = (user: string) =>
    createWebHdfsClient(
      { ...world, http },
      { nameNode: parseEndpoint(cluster.nameNodeHttp), identity: { kind: "simple", user } },
    );
  const client = clientOf(cluster.superuser);
  const as = (user: string) => createWebHdfsFileSystem(clientOf(user), user);
  const fs = as(cluster.superuser);
  return {
    fs,
    as,
    source: createHdfsSource(world, fs),
    target: createHdfsTarget(world, fs),
    sourceAs: (user) => createHdfsSource(world, as(user)),
    append: async (path, bytes) => void (await client.append(path, bytes)),
    async truncate(path, length) {
      if (await client.truncate(path, length)) return;
      await until(async () => !(await blocksOf(client, path)).underConstruction);
    },
    openForWrite: (path) => openForWrite(client, path),
    setQuota: (directory, { names, bytes }) => client.setQuota(directory, { names, spaceBytes: bytes }),
  };
}

/** A request whose body goes on until the file is closed. */
async function openForWrite(client: HdfsClient, path: string): Promise<OpenForWrite> {
  const pieces: (Uint8Array | null)[] = [];
  let wake = (): void => {};
  async function* body(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const piece = pieces.shift();
      if (piece === null) return;
      if (piece) yield piece;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  const done = client.create(path, body(), { permission: 0o644, overwrite: true });
  const push = (piece: Uint8Array | null): void => {
    pieces.push(piece);
    wake();
  };
  return {
    async write(bytes) {
      push(bytes);
      await until(async () => (await blocksOf(client, path)).underConstruction);
    },
    async close() {
      push(null);
      await done;
    },
  };
}

async function blocksOf(client: HdfsClient, path: string) {
  return await client
    .getBlockLocations(path, { offsetBytes: 0, lengthBytes: 1 })
    .catch(() => ({ underConstruction: false }));
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let polls = 0; !(await holds()); polls++) {
    if (polls > POLLS_MAX) throw new Error(`not so within ${POLLS_MAX * POLL_MS} ms`);
    await clock.sleep(POLL_MS);
  }
}
