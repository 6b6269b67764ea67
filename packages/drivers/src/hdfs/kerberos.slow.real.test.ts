/** The HDFS driver on a cluster that knows its callers by Kerberos, calls and data encrypted: the conformance suite, and what is
 * told when the proof, the cluster, or the way to it is wrong. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type ErrorCode, explain } from "@coeval/core/errors";
import type { HdfsEndpoint } from "@coeval/core/model/cluster";
import { readTextIfThere } from "@coeval/platform/local-files";
import { type Cluster, startCluster } from "@coeval/testbed/cluster";
import { hdfsCli } from "@coeval/testbed/hdfs-cli";
import { type KerberosRealm, useRealm } from "@coeval/testbed/kerberos";
import { refusingKdc } from "@coeval/testbed/kerberos-alone";
import { createWebHdfsClient } from "@coeval/hadoop/webhdfs/client";
import { parseEndpoint } from "@coeval/hadoop/webhdfs/endpoint";
import { bySpnego } from "@coeval/hadoop/webhdfs/spnego";
import { createClientWorld } from "@coeval/platform/client-world";
import { conformanceSuite } from "../conformance/suite.ts";
import { conformanceOver } from "./conformance-over.ts";
import { connectHdfs } from "./connect.ts";
import { type LocalWords, NOTHING_LOCAL, openLocalAccess } from "./local-access.ts";
import { probeCluster } from "./probe.ts";

const MIB = 1024 * 1024;
const SITE_BYTES_MAX = MIB;
const REALM = "PROVEN.TEST";
const NAME_NODE = `nn/localhost@${REALM}`;
const cancel = new AbortController().signal;

const log = { info() {}, warn() {}, error() {} };
const world = { ...createClientWorld(), log };
const readText = async (path: string) => readTextIfThere(path, SITE_BYTES_MAX);
const dirOf = (name: string) => new URL(`../../../../.testbed/${name}`, import.meta.url).pathname;
let cluster: Cluster;
let realm: KerberosRealm;

before(async () => {
  const hdfsSite = {
    "dfs.ls.limit": "7",
    "dfs.client.block.write.locateFollowingBlock.retries": "10",
    "dfs.namenode.snapshotdiff.listing.limit": "7",
    "dfs.client.block.write.replace-datanode-on-failure.policy": "NEVER",
  };
  const options = { blockSizeBytes: MIB, dataNodeLocateDelayMs: 1, hdfsSite, kerberos: {} };
  cluster = await startCluster({ name: "proven", dir: dirOf("drivers-kerberos"), options });
  assert.ok(cluster.kerberos);
  realm = cluster.kerberos;
  useRealm(realm);
});
after(async () => {
  world.http.close();
  world.streams.close();
  await cluster?.stop();
});

const keysOf = (user: string): LocalWords => ({
  principal: `${user}@${REALM}`,
  keytab: realm.keytabs[user] ?? "/nowhere",
});
const native = (): HdfsEndpoint => ({
  url: `hdfs://${cluster.nameNodeRpc}`,
  web: `webhdfs://${cluster.nameNodeHttp}`,
  kerberos: { nameNode: NAME_NODE, rpcProtection: "privacy", dataTransferProtection: "privacy" },
});
const overWeb = (): HdfsEndpoint => ({
  url: `webhdfs://${cluster.nameNodeHttp}`,
  kerberos: { nameNode: NAME_NODE },
});
const openAs = (words: LocalWords) => openLocalAccess({ ...world, readText }, words);

for (const [name, endpointOf] of Object.entries({ native, overWeb }))
  conformanceSuite(
    `kerberos ${name}`,
    test,
    async () => {
      const users = new Map(
        await Promise.all(
          [cluster.superuser, "alice", "bob"].map(
            async (user) => [user, connectHdfs(world, endpointOf(), await openAs(keysOf(user)))] as const,
          ),
        ),
      );
      const { proof } = await openAs(keysOf(cluster.superuser));
      assert.ok(proof);
      const nameNode = parseEndpoint(cluster.nameNodeHttp);
      return conformanceOver(world, {
        superuser: cluster.superuser,
        as: (user) => users.get(user) ?? assert.fail(`${user} has no key here`),
        beside: createWebHdfsClient(world, { nameNode, identity: bySpnego(proof.login, nameNode) }),
      });
    },
    { firstSeed: 1, count: 1, moments: 3, edits: 10 },
  );

/** What the agent tells of its cluster, as `coeval cluster get` and `cluster check` show it. */
async function told(
  endpoint: HdfsEndpoint,
  words: LocalWords,
  code: ErrorCode,
  cause: RegExp,
): Promise<void> {
  const local = await openAs(words);
  const status = await probeCluster(connectHdfs(world, endpoint, local), cancel);
  assert.equal(status.reachable, false, "it cannot be reached");
  assert.equal(status.code, code, String(status.cause));
  assert.match(status.cause ?? "", cause);
  assert.ok(explain(code).hint);
}

async function* content(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(10);
}

describe("what is told", () => {
  test("without a key: that this cluster wants Kerberos, over RPC and over HTTP", async () => {
    for (const url of [native().url, overWeb().url])
      await told({ url, user: "hdfs" }, {}, "kerberos-wanted", /give the agent --keytab and --principal/);
    assert.throws(() => connectHdfs(world, native(), NOTHING_LOCAL), { code: "kerberos-wanted" });
  });

  test("of a keytab that is missing, that is none, without the key, or of an old key", async () => {
    const refused = (words: LocalWords, message: RegExp) =>
      assert.rejects(openAs(words), { code: "kerberos-keytab", message });
    await refused({ ...keysOf("hdfs"), keytab: "/nowhere/k" }, /keytab \/nowhere\/k: .*give the path/);
    await refused({ ...keysOf("hdfs"), keytab: realm.krb5Conf }, /keytab .*krb5\.conf/);
    await refused({ ...keysOf("hdfs"), keytab: realm.keytabs["bob"] ?? "" }, /klist -k KEYTAB/);
    const old = await realm.addPrincipal("old", "old");
    await realm.administer("cpw -randkey old");
    await refused({ principal: `old@${REALM}`, keytab: old }, /older than the principal's present key/);
  });

  test("of another realm: the agent's own, and the NameNode's", async () => {
    const stranger = { principal: "hdfs@ELSEWHERE.TEST", keytab: realm.keytabs["hdfs"] ?? "" };
    await assert.rejects(openAs(stranger), { code: /kerberos-(keytab|realm)/, message: /ELSEWHERE\.TEST/ });
    const elsewhere = { ...native(), user: "hdfs", kerberos: { nameNode: "nn/localhost@ELSEWHERE.TEST" } };
    await assert.rejects(async () => connectHdfs(world, elsewhere, await openAs(keysOf("hdfs"))), {
      code: "bad-input",
      message: /hdfs@PROVEN\.TEST is nobody to this cluster/,
    });
  });

  test("of a NameNode with another principal", async () => {
    const other = { ...native(), kerberos: { nameNode: `nn/elsewhere@${REALM}` } };
    await told(other, keysOf("hdfs"), "cluster-unproven", /calls itself nn\/localhost, but nn\/elsewhere/);
  });

  test("of a clock that is too far off, and of a key server that is down; both pass", async () => {
    const skewed = await refusingKdc(REALM, 37);
    try {
      useRealm(skewed);
      await told(native(), keysOf("hdfs"), "kerberos-clock", /Clock skew too great.*same time \(NTP\)/);
      skewed.stop();
      await told(native(), keysOf("hdfs"), "kdc-unreachable", /Cannot contact any KDC.*does not answer/);
      await told(overWeb(), keysOf("hdfs"), "kdc-unreachable", /Cannot contact any KDC.*does not answer/);
    } finally {
      useRealm(realm);
      skewed.close();
    }
  });

  test("nothing, when tickets end: new ones are taken", async () => {
    const keytab = await realm.addPrincipal("brief", "brief", { ticketLife: "4 seconds" });
    const local = await openAs({ principal: `brief@${REALM}`, keytab });
    const fs = connectHdfs(world, { ...native(), web: undefined }, local);
    const web = connectHdfs(world, overWeb(), local);
    assert.ok(await fs.status("/", cancel));
    const before = await local.proof?.login.check();
    assert.ok((before?.lifetimeSeconds ?? 0) <= 4, "tickets are brief");
    await world.clock.sleep(5000);
    assert.ok(await fs.status("/", cancel), "the connection goes on");
    assert.ok(await web.status("/", cancel), "a new proof is given");
    assert.ok(await connectHdfs(world, native(), local).status("/", cancel), "a new connection is made");
  });

  test("of safe mode", async () => {
    await hdfsCli(cluster, ["dfsadmin", "-safemode", "enter"]);
    const fs = connectHdfs(world, native(), await openAs(keysOf("hdfs")));
    const status = await probeCluster(fs, cancel);
    assert.deepEqual([status.reachable, status.safeMode], [true, true]);
    await assert.rejects(fs.makeDirectory("/in-safe-mode", 0o755, cancel), { code: "safe-mode" });
    await hdfsCli(cluster, ["dfsadmin", "-safemode", "leave"]);
  });

  test("of what is no NameNode: its web port, its RPC port by HTTP, a DataNode", async () => {
    const { dataNodes, nameNodeHttp, nameNodeRpc } = cluster;
    const rpcTo = (address = ""): HdfsEndpoint => ({ ...native(), url: `hdfs://${address}` });
    await told(rpcTo(nameNodeHttp), keysOf("hdfs"), "no-namenode", /does not speak Hadoop's RPC/);
    const http = { ...overWeb(), url: `webhdfs://${nameNodeRpc}` };
    await told(http, keysOf("hdfs"), "no-namenode", /no NameNode|HTTP/);
    await told(rpcTo(dataNodes[0]?.ipc), keysOf("hdfs"), "cluster-unproven", /calls itself dn\/localhost/);
  });

  test("of DataNodes that want data protected, and nobody said so: what is missing, in both directions", async () => {
    const local = await openAs(keysOf("hdfs"));
    const said = { nameNode: NAME_NODE, rpcProtection: "privacy" } as const;
    const bare = connectHdfs(world, { ...native(), kerberos: said }, local);
    const form = { mode: 0o644, replication: 1, blockSize: MIB };
    const missing = { message: /dataTransferProtection/ };
    await assert.rejects(bare.create("/bare", form, content(), cancel), missing);
    await connectHdfs(world, native(), local).create("/sealed", form, content(), cancel);
    await assert.rejects(Array.fromAsync(bare.open("/sealed", 0, 10, cancel)), missing);
  });
});

test("a cluster without Kerberos is refused by an agent with a key; one that hangs is named", async () => {
  const simple = await startCluster({ name: "simple", dir: dirOf("drivers-simple") });
  try {
    const url = `hdfs://${simple.nameNodeRpc}`;
    await told({ ...native(), url }, keysOf("hdfs"), "cluster-unproven", /asks for no proof and gives none/);

    // While it is here: one that hangs.
    const fs = connectHdfs(world, { url, user: "hdfs" });
    assert.equal((await probeCluster(fs, cancel)).reachable, true);
    simple.nameNode.freeze();
    const hung = await probeCluster(fs, AbortSignal.timeout(2000));
    simple.nameNode.thaw();
    assert.deepEqual([hung.reachable, hung.code], [false, "cluster-unreachable"]);
    assert.match(hung.cause ?? "", new RegExp(`the NameNode ${simple.nameNodeRpc} does not answer`));
  } finally {
    await simple.stop();
  }
});

test("a pair of which none is active is told with what each of them says", async () => {
  const pair = await startCluster({
    name: "standing",
    dir: dirOf("drivers-standing"),
    options: { highAvailability: {} },
  });
  try {
    await hdfsCli(pair, ["haadmin", "-ns", "standing", "-transitionToStandby", "nn1"]);
    const [first, second] = pair.nameNodes;
    const endpoint = { url: `hdfs://${first?.rpc}`, user: "hdfs" };
    await told(endpoint, {}, "no-active-namenode", /not supported in state standby/);
    const limit = AbortSignal.timeout(3000);
    const both = connectHdfs(world, { ...endpoint, url: `hdfs://${first?.rpc},${second?.rpc}` });
    const waited = await probeCluster(both, limit);
    assert.equal(waited.code, "no-active-namenode", "one may become active: it is waited for");
    for (const each of [first, second])
      assert.match(waited.cause ?? "", new RegExp(`${each?.rpc}: .*not supported in state standby`));
  } finally {
    await pair.stop();
  }
});
