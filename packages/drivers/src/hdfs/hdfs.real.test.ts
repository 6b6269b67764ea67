/** The HDFS driver passes the conformance suite on a real NameNode and DataNode, with small pages. Some minutes. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Entry } from "@coeval/core/model/entry";
import type { HdfsEndpoint } from "@coeval/core/model/cluster";
import { type Cluster, startCluster } from "@coeval/testbed/cluster";
import { createWebHdfsClient } from "@coeval/hadoop/webhdfs/client";
import { parseEndpoint } from "@coeval/hadoop/webhdfs/endpoint";
import { createClientWorld } from "@coeval/platform/client-world";
import type { ConformanceCluster } from "../conformance/harness.ts";
import { conformanceSuite } from "../conformance/suite.ts";
import { conformanceOver } from "./conformance-over.ts";
import { createHdfsTarget } from "./target.ts";
import { connectHdfs } from "./connect.ts";

const MIB = 1024 * 1024;
const FILE: Entry = {
  set: "data",
  path: "file",
  type: "file",
  id: "20000",
  length: 0,
  mtimeMs: 0,
  atimeMs: 0,
  owner: "alice",
  group: "staff",
  mode: 0o644,
  replication: 1,
  blockSize: MIB,
};
const cancel = new AbortController().signal;

const transports = createClientWorld();
const world = { ...transports, log: { info() {}, warn() {}, error() {} } };
let cluster: Cluster;

before(async () => {
  const dir = new URL("../../../../.testbed/drivers", import.meta.url).pathname;
  const hdfsSite = {
    "dfs.ls.limit": "7",
    // With the default of 5 and so short a first wait, a busy host makes a DataNode give up a file after 63 ms.
    "dfs.client.block.write.locateFollowingBlock.retries": "10",
    "dfs.namenode.snapshotdiff.listing.limit": "7",
    // Files of more replicas than there are DataNodes are appended to.
    "dfs.client.block.write.replace-datanode-on-failure.policy": "NEVER",
  };
  const options = { blockSizeBytes: MIB, dataNodeLocateDelayMs: 1, hdfsSite };
  cluster = await startCluster({ name: "drivers", dir, options });
});
after(async () => {
  transports.close();
  await cluster?.stop();
});

const PROTOCOLS = {
  webhdfs: ({ nameNodeHttp }: Cluster) => ({ url: over(nameNodeHttp) }),
  hdfs: ({ nameNodeHttp, nameNodeRpc }: Cluster) => ({
    url: nameNodeRpc.replace(/^(hdfs:\/\/)?/, "hdfs://"),
    web: over(nameNodeHttp),
  }),
} as const;
const over = (http: string): string => http.replace(/^(http:\/\/)?/, "webhdfs://");

for (const [name, endpoint] of Object.entries(PROTOCOLS)) {
  conformanceSuite(name, test, async () => conformanceCluster(endpoint(cluster)), {
    firstSeed: 1,
    count: 6,
    moments: 4,
    edits: 12,
  });
}

for (const [name, endpointOf] of Object.entries(PROTOCOLS))
  test(`${name}: a full cluster and one that is down are told as what they are`, () =>
    fullThenDown(endpointOf));

async function fullThenDown(endpointOf: (typeof PROTOCOLS)[keyof typeof PROTOCOLS]): Promise<void> {
  const dir = new URL("../../../../.testbed/drivers-small", import.meta.url).pathname;
  const options = { blockSizeBytes: MIB, dataNodeLocateDelayMs: 1, dataNodeCapacityBytes: 4 * MIB };
  const small = await startCluster({ name: "small", dir, options });
  try {
    const endpoint = { ...endpointOf(small), user: small.superuser };
    const target = createHdfsTarget(world, connectHdfs(world, endpoint));
    const holding = { service: "s", directory: "/holding", run: "r", sets: [], basePoint: null };
    const { freeBytes } = await target.open(holding, cancel);
    assert.ok(freeBytes !== null && freeBytes > 0 && freeBytes <= 4 * MIB, `${freeBytes} bytes free`);
    const write = target.write(
      holding,
      { top: 1, relative: "" },
      { ...FILE, length: 8 * MIB },
      zeros(8),
      cancel,
    );
    await assert.rejects(write, {
      code: "secondary-full",
      message: /8388608 bytes to write, \d+ of \d+ bytes left/,
    });
    assert.equal((await target.probe(cancel)).reachable, true);
    await small.nameNode.kill();
    const status = await target.probe(cancel);
    assert.equal(status.reachable, false);
    assert.ok(status.cause);
    await assert.rejects(target.open(holding, cancel), { code: "cluster-unreachable" });
  } finally {
    await small.stop();
  }
}

test("an address that is none is refused", () => {
  for (const url of [
    "http://host:1",
    "webhdfs://host",
    "webhdfs://host:0",
    "webhdfs://",
    "hdfs://",
    "hdfs://a:0",
  ]) {
    assert.throws(() => connectHdfs(world, { url, user: "u" }), { code: "bad-input" });
  }
});

async function* zeros(mebibytes: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < mebibytes; i++) yield new Uint8Array(MIB);
}

function conformanceCluster(endpoint: Omit<HdfsEndpoint, "user">): ConformanceCluster {
  return conformanceOver(world, {
    superuser: cluster.superuser,
    as: (user) => connectHdfs(world, { ...endpoint, user }),
    // What the tests do beside the driver goes over HTTP in any case.
    beside: createWebHdfsClient(world, {
      nameNode: parseEndpoint(cluster.nameNodeHttp),
      identity: { kind: "simple", user: cluster.superuser },
    }),
  });
}
