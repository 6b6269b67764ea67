/** Two NameNodes, of which one is active: the client finds it, follows it, and what it asked for happens once. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createClock } from "@coeval/platform/clock";
import { createRandom } from "@coeval/platform/random";
import { createTcp } from "@coeval/platform/tcp";
import { type Cluster, startCluster } from "@coeval/testbed/cluster";
import { collect, refused } from "../webhdfs/probes.ts";
import { createNativeHdfsClient, type NativeHdfsClient } from "./client.ts";
import { createCuttingTransport, type CuttingTransport } from "./cut-answers.ts";
import { parseServer } from "./endpoint.ts";

let cluster: Cluster;
let tcp: ReturnType<typeof createTcp>;
let streams: CuttingTransport;
let hdfs: NativeHdfsClient;
const clients: NativeHdfsClient[] = [];

/** `order`: indices of the NameNodes, in the order in which the client knows them. */
const clientOf = (order: readonly [number, ...number[]], failoverMsMax = 60_000): NativeHdfsClient => {
  const world = { clock: createClock(), random: createRandom(), streams };
  const [first, ...others] = order.map((index) => parseServer(cluster.nameNodes[index]?.rpc ?? ""));
  assert.ok(first);
  const identity = { kind: "simple", user: "hdfs" } as const;
  const client = createNativeHdfsClient(world, { nameNodes: [first, ...others], identity, failoverMsMax });
  clients.push(client);
  return client;
};

before(async () => {
  const dir = new URL("../../../../.testbed/native-failover", import.meta.url).pathname;
  cluster = await startCluster({ name: "native-failover", dir, options: { highAvailability: {} } });
  tcp = createTcp();
  streams = createCuttingTransport(tcp);
  hdfs = clientOf([1, 0]);
});
after(async () => {
  for (const client of clients) client.close();
  tcp?.close();
  await cluster?.stop();
});

describe("two NameNodes", () => {
  test("the active one is found, whichever is asked first", async () => {
    await hdfs.mkdirs("/a", 0o755);
    const active = (await cluster.highAvailability?.active()) ?? -1;
    assert.equal(hdfs.nameNode, cluster.nameNodes[active]?.rpc);
    assert.equal((await hdfs.getClusterInfo()).haState, "active");
  });

  test("the standby alone is named as such", async () => {
    const active = (await cluster.highAvailability?.active()) ?? 0;
    await refused(clientOf([1 - active]).getFileStatus("/"), "standby");
    // Named twice, it is still one that stands by.
    const error = await clientOf([1 - active, 1 - active], 500)
      .getFileStatus("/")
      .then(() => "it succeeded", String);
    assert.match(error, /not supported in state standby/);
  });

  test("work goes on while the active one changes, and every change happened once", async () => {
    const names = Array.from({ length: 400 }, (_, index) => `/a/d${index}`);
    const made = new Set<string>();
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let name = names[next++]; name !== undefined; name = names[next++]) {
        await hdfs.mkdirs(name, 0o755);
        // Tells of a repeat that was taken for a new call: nothing would be there the second time.
        assert.equal(await hdfs.delete(name, { recursive: false }), true, name);
        await hdfs.mkdirs(name, 0o755);
        made.add(name);
        await createClock().sleep(40);
      }
    };
    const work = Promise.all(Array.from({ length: 8 }, worker));
    await cluster.highAvailability?.failOver();
    await work;
    assert.equal(made.size, names.length);
    assert.equal((await collect(hdfs.listStatus("/a"))).length, names.length);
  });

  test("the active one dies, its answer with it: the other knows the call", async () => {
    await hdfs.mkdirs("/once", 0o755);
    const dying = (await cluster.highAvailability?.active()) ?? 0;
    streams.cutNextAnswer();
    const deleted = hdfs.delete("/once", { recursive: true });
    // The first server acts and its answer is cut; meanwhile it dies and the other becomes active.
    await cluster.highAvailability?.killActive();
    await cluster.highAvailability?.failOver(1 - dying);
    assert.equal(await deleted, true);
    assert.equal(hdfs.nameNode, cluster.nameNodes[1 - dying]?.rpc);
  });

  test("with nobody active the error tells what each of them said", async () => {
    const [first, second] = cluster.nameNodeDaemons;
    await Promise.all([first?.kill(), second?.kill()]);
    const error = await clientOf([0, 1], 1_000)
      .getFileStatus("/")
      .then(() => "it succeeded", String);
    assert.match(error, /none of 2 NameNodes is active: .*; .*\(unreachable\)/);
  });
});
