/** RPC with a NameNode that knows its callers by Kerberos: every protection, tokens, and who is refused. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createClock } from "@coeval/platform/clock";
import { createCryptography } from "@coeval/platform/cryptography";
import { createRandom } from "@coeval/platform/random";
import { createTcp } from "@coeval/platform/tcp";
import { type Cluster, startCluster } from "@coeval/testbed/cluster";
import { type KerberosRealm, useRealm } from "@coeval/testbed/kerberos";
import { isHdfsError } from "../errors.ts";
import { createAttributes } from "../namenode/attributes.ts";
import { createDelegationTokens } from "../namenode/delegation-tokens.ts";
import { createNameNode, type NameNode } from "../namenode/name-node.ts";
import { createTree } from "../namenode/tree.ts";
import { loadGssapi } from "../sasl/gssapi.ts";
import { createKerberosLogin } from "../sasl/kerberos-login.ts";
import { qopsOf } from "../sasl/mechanism.ts";
import type { Token } from "../sasl/tokens.ts";
import type { RpcIdentity } from "./identity.ts";

const PRINCIPAL = "nn/localhost@RPC.TEST";
const DIRECTORIES = 400;

describe("RPC by Kerberos", () => {
  const tcp = createTcp();
  const random = createRandom();
  const clock = createClock();
  const world = { cryptography: createCryptography() };
  const clients: NameNode[] = [];
  let cluster: Cluster;
  let realm: KerberosRealm;

  before(async () => {
    const dir = new URL("../../../../.testbed/rpc-kerberos", import.meta.url).pathname;
    const rpcProtection = "authentication,integrity,privacy";
    cluster = await startCluster({
      name: "rpc",
      dir,
      options: {
        kerberos: { rpcProtection },
        coreSite: { "hadoop.proxyuser.coeval.hosts": "*", "hadoop.proxyuser.coeval.users": "alice" },
      },
    });
    assert.ok(cluster.kerberos);
    realm = cluster.kerberos;
    useRealm(realm);
  });
  after(async () => {
    for (const client of clients) client.close();
    tcp.close();
    await cluster.stop();
  });

  const client = (identity: RpcIdentity, address = cluster.nameNodeRpc): NameNode => {
    const [host = "", port] = address.split(":");
    const nameNode = createNameNode(
      { clock, random, streams: tcp },
      { servers: [{ host, port: Number(port) }], identity },
    );
    clients.push(nameNode);
    return nameNode;
  };
  const login = (user: string, keytab = realm.keytabs[user] ?? "") =>
    createKerberosLogin(loadGssapi(), random, { kind: "keytab", principal: `${user}@RPC.TEST`, keytab });
  const proof = (
    user: string,
    protection: string,
    serverPrincipal = PRINCIPAL,
    doAs?: string,
  ): RpcIdentity => ({
    kind: "kerberos",
    login: login(user),
    serverPrincipal,
    protections: qopsOf(protection),
    world,
    doAs,
  });
  const byPassword = (token: Token, protection: string): RpcIdentity => ({
    kind: "token",
    token,
    protections: qopsOf(protection),
    world,
  });
  const refused = async (nameNode: NameNode, reason: RegExp): Promise<void> => {
    const failure = await createTree(nameNode)
      .getFileStatus("/")
      .then(
        () => "it succeeded",
        (error: unknown) => error,
      );
    assert.ok(isHdfsError(failure, "authentication"), String(failure));
    assert.match(failure.message, reason);
  };

  for (const protection of ["authentication", "integrity", "privacy"]) {
    test(`with ${protection}: many calls at once, an answer of many frames, a long request`, async () => {
      const tree = createTree(client(proof("hdfs", protection)));
      const base = `/${protection}`;
      const names = Array.from({ length: DIRECTORIES }, (_, index) => `${index}-${"x".repeat(200)}`);
      await tree.mkdirs(base, 0o755);
      await Promise.all(names.map((name) => tree.mkdirs(`${base}/${name}`, 0o755)));
      const listed = await Array.fromAsync(tree.listStatus(base), ({ name }) => name);
      assert.deepEqual(listed.toSorted(), names.toSorted());
      assert.equal((await tree.getFileStatus(base)).owner, "hdfs");
    });
  }

  test("a proxy acts for its user, and only for that one", async () => {
    const superuser = client(proof("hdfs", "privacy"));
    const admin = createTree(superuser);
    await admin.mkdirs("/open", 0o777);
    await createAttributes(superuser).setPermission("/open", 0o777);
    await createTree(client(proof("coeval", "privacy", PRINCIPAL, "alice"))).mkdirs("/open/hers", 0o755);
    assert.equal((await admin.getFileStatus("/open/hers")).owner, "alice");
    await assert.rejects(
      createTree(client(proof("coeval", "privacy", PRINCIPAL, "bob"))).getFileStatus("/"),
      /User: coeval@RPC.TEST is not allowed to impersonate bob/,
    );
  });

  for (const protection of ["authentication", "integrity", "privacy"]) {
    test(`a delegation token, with ${protection}`, async () => {
      const tokens = createDelegationTokens(client(proof("alice", "privacy")));
      const token = await tokens.getDelegationToken("coeval");
      assert.ok(token);
      const tree = createTree(client(byPassword(token, protection)));
      await tree.mkdirs(`/open/by-token-${protection}`, 0o755);
      assert.equal((await tree.getFileStatus(`/open/by-token-${protection}`)).owner, "alice");
      const renewer = createDelegationTokens(client(proof("coeval", "privacy")));
      assert.ok((await renewer.renewDelegationToken(token)) > 0);
      await tokens.cancelDelegationToken(token);
      await refused(client(byPassword(token, protection)), /Token for real user: , can't be found in cache/);
    });
  }
  test("a token whose password is wrong is refused", async () => {
    const tokens = createDelegationTokens(client(proof("alice", "privacy")));
    const token = await tokens.getDelegationToken("coeval");
    assert.ok(token);
    const wrong = { ...token, password: token.password.toReversed() };
    await refused(client(byPassword(wrong, "privacy")), /digest response format violation/);
  });

  test("who proves nothing is refused by name", async () => {
    await refused(client({ kind: "simple", user: "hdfs" }), /SIMPLE authentication is not enabled/);
  });

  test("a server that is not the one expected is refused before anything is proven to it", async () => {
    const other = proof("hdfs", "privacy", "nn/elsewhere@RPC.TEST");
    await refused(client(other), /calls itself nn\/localhost, but nn\/elsewhere was meant/);
  });

  test("calls go on in order through a link that fails, and the handshake is done again", async () => {
    const nameNode = client(proof("hdfs", "privacy"));
    const tree = createTree(nameNode);
    await tree.mkdirs("/again", 0o755);
    await cluster.nameNode.kill();
    await cluster.nameNode.start();
    await cluster.ready();
    assert.equal((await tree.getFileStatus("/again")).owner, "hdfs");
  });

  test("tickets that expire are taken again, and live connections go on", async () => {
    const keytab = await realm.addPrincipal("shortlived", "shortlived", { ticketLife: "3 seconds" });
    const short = login("shortlived", keytab);
    const identity = { ...proof("alice", "privacy"), login: short };
    const early = createTree(client(identity));
    await early.getFileStatus("/");
    const { lifetimeSeconds } = await short.check();
    await clock.sleep((lifetimeSeconds + 1) * 1000);
    await early.getFileStatus("/");
    await createTree(client(identity)).getFileStatus("/");
  });

  test("a server whose keytab has become old refuses, and it is said where to look", async () => {
    await realm.administer("cpw -randkey nn/localhost");
    await refused(
      client(proof("hdfs", "privacy")),
      /refuses the proof: GSS initiate failed.*keytab be older/,
    );
  });
});

test("a server without Kerberos is refused by a client with it, unless that is allowed", async () => {
  const dir = new URL("../../../../.testbed/rpc-simple", import.meta.url).pathname;
  const cluster = await startCluster({ name: "simple", dir });
  const tcp = createTcp();
  const world = { clock: createClock(), random: createRandom(), streams: tcp };
  const [host = "", port] = cluster.nameNodeRpc.split(":");
  const login = createKerberosLogin(loadGssapi(), world.random, {
    kind: "keytab",
    principal: "hdfs@RPC.TEST",
    keytab: "/nowhere",
  });
  const ask = async (fallbackUser?: string) => {
    const identity: RpcIdentity = {
      kind: "kerberos",
      login,
      serverPrincipal: "nn/_HOST@RPC.TEST",
      protections: qopsOf("privacy"),
      world: { cryptography: createCryptography() },
      fallbackUser,
    };
    const servers = [{ host, port: Number(port) }];
    return createTree(createNameNode(world, { servers, identity })).getFileStatus("/");
  };
  try {
    await assert.rejects(ask(), /asks for no proof and gives none \(SIMPLE\), where Kerberos is demanded/);
    assert.equal((await ask("hdfs")).owner, "hdfs");
  } finally {
    tcp.close();
    await cluster.stop();
  }
});
