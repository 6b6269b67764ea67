/** WebHDFS towards a cluster that knows its callers by Kerberos. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createClock } from "@coeval/platform/clock";
import { type NodeHttp, nodeHttp } from "@coeval/platform/http";
import { createRandom } from "@coeval/platform/random";
import { type Cluster, startCluster } from "@coeval/testbed/cluster";
import { hdfsCli } from "@coeval/testbed/hdfs-cli";
import { useRealm } from "@coeval/testbed/kerberos";
import type { HdfsClient } from "../hdfs/client.ts";
import { loadGssapi } from "../sasl/gssapi.ts";
import { createKerberosLogin } from "../sasl/kerberos-login.ts";
import { createWebHdfsClient } from "./client.ts";
import { parseEndpoint } from "./endpoint.ts";
import type { Identity } from "./options.ts";
import { bytes, contentOf, numbered, refused, textOf } from "./probes.ts";
import { bySpnego, type SpnegoOptions } from "./spnego.ts";

const FILE = { permission: 0o644, overwrite: false };
const FILE_BYTES = 3 * 1024 * 1024 + 17;

let cluster: Cluster;
let http: NodeHttp;

before(async () => {
  const dir = new URL("../../../../.testbed/webhdfs-kerberos", import.meta.url).pathname;
  const coreSite = { "hadoop.proxyuser.coeval.hosts": "*", "hadoop.proxyuser.coeval.users": "alice" };
  const options = { kerberos: {}, dataNodeLocateDelayMs: 1, blockSizeBytes: 1024 * 1024, coreSite };
  cluster = await startCluster({ name: "web", dir, options });
  assert.ok(cluster.kerberos);
  useRealm(cluster.kerberos);
  http = nodeHttp();
});
after(async () => {
  http.close();
  await cluster.stop();
});

const nameNode = () => parseEndpoint(cluster.nameNodeHttp);
const clientBy = (identity: Identity): HdfsClient =>
  createWebHdfsClient(
    { clock: createClock(), random: createRandom(), http },
    { nameNode: nameNode(), identity },
  );
const clientOf = (user: string, options?: SpnegoOptions): HdfsClient => {
  const keytab = cluster.kerberos?.keytabs[user] ?? "/nowhere";
  const source = { kind: "keytab", principal: `${user}@WEB.TEST`, keytab } as const;
  return clientBy(bySpnego(createKerberosLogin(loadGssapi(), createRandom(), source), nameNode(), options));
};

test("calls, and contents in both directions, as whom the key says", async () => {
  const hdfs = clientOf("hdfs");
  await hdfs.mkdirs("/of-alice", 0o755);
  await hdfs.setOwner("/of-alice", { owner: "alice", group: "staff" });
  const alice = clientOf("alice", { realm: "WEB.TEST" });
  const content = numbered(FILE_BYTES);
  await alice.create("/of-alice/file", content, FILE);
  assert.equal((await alice.getFileStatus("/of-alice/file")).owner, "alice");
  assert.deepEqual(await contentOf(alice, "/of-alice/file", 0, FILE_BYTES), content);
  const { stdout } = await hdfsCli(cluster, ["dfs", "-stat", "%b %u", "/of-alice/file"], { user: "alice" });
  assert.equal(stdout.trim(), `${FILE_BYTES} alice`);
  await refused(clientOf("bob").create("/of-alice/his", bytes("no"), FILE), "accessControl");
});

test("a proxy acts for its user, and only for that one", async () => {
  await clientOf("coeval", { doAs: "alice" }).create("/of-alice/by-proxy", bytes("for her"), FILE);
  assert.equal(await textOf(clientOf("alice"), "/of-alice/by-proxy"), "for her");
  assert.equal((await clientOf("alice").getFileStatus("/of-alice/by-proxy")).owner, "alice");
  await refused(clientOf("coeval", { doAs: "bob" }).getFileStatus("/"), "accessControl");
});

test("who proves nothing, or has no key, is refused by name", async () => {
  await refused(clientBy({ kind: "simple", user: "hdfs" }).getFileStatus("/"), "authentication");
  await refused(clientOf("nobody").getFileStatus("/"), "authentication");
});
