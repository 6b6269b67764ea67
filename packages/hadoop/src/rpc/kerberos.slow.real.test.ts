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
import { type Qop, qopsOf } from "../sasl/mechanism.ts";
import type { Token } from "../sasl/tokens.ts";
import { type Authentication, byKerberos, byToken } from "./authentication.ts";

const PRINCIPAL = "nn/localhost@RPC.TEST";
const DIRECTORIES = 400;

describe("RPC by Kerberos", () => {
  const tcp = createTcp();
  const random = createRandom();
  const clock = createClock();
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
      progress: console.log,
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

  const client = (
    authentication: Authentication | undefined,
    user: string | null,
    address = cluster.nameNodeRpc,
  ) => {
    const [host = "", port] = address.split(":");
    const nameNode = createNameNode(
      { clock, random, streams: tcp },
      { servers: [{ host, port: Number(port) }], user, authentication },
    );
    clients.push(nameNode);
    return nameNode;
  };
  const login = (user: string, keytab = realm.keytabs[user] ?? "") =>
    createKerberosLogin(loadGssapi(), random, { kind: "keytab", principal: `${user}@RPC.TEST`, keytab });
  const proof = (user: string, protection: string, serverPrincipal = PRINCIPAL): Authentication =>
    byKerberos(login(user), { serverPrincipal, protection: qopsOf(protection) });
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
      const tree = createTree(client(proof("hdfs", protection), null));
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
    const superuser = client(proof("hdfs", "privacy"), null);
    const admin = createTree(superuser);
    await admin.mkdirs("/open", 0o777);
    await createAttributes(superuser).setPermission("/open", 0o777);
    await createTree(client(proof("coeval", "privacy"), "alice")).mkdirs("/open/hers", 0o755);
    assert.equal((await admin.getFileStatus("/open/hers")).owner, "alice");
    await assert.rejects(
      createTree(client(proof("coeval", "privacy"), "bob")).getFileStatus("/"),
      /User: coeval@RPC.TEST is not allowed to impersonate bob/,
    );
  });

  for (const protection of ["authentication", "integrity", "privacy"]) {
    test(`a delegation token, with ${protection}`, async () => {
      const tokens = createDelegationTokens(client(proof("alice", "privacy"), null));
      const token = await tokens.getDelegationToken("coeval");
      assert.ok(token);
      const tree = createTree(client(byPassword(token, protection), null));
      await tree.mkdirs(`/open/by-token-${protection}`, 0o755);
      assert.equal((await tree.getFileStatus(`/open/by-token-${protection}`)).owner, "alice");
      const renewer = createDelegationTokens(client(proof("coeval", "privacy"), null));
      assert.ok((await renewer.renewDelegationToken(token)) > 0);
      await tokens.cancelDelegationToken(token);
      await refused(
        client(byPassword(token, protection), null),
        /Token for real user: , can't be found in cache/,
      );
    });
  }
  const byPassword = (
    token: Token,
    protection: string,
    ciphers?: readonly ("3des" | "rc4")[],
  ): Authentication =>
    byToken({ cryptography: createCryptography() }, token, { protection: qopsOf(protection), ciphers });

  test("a token with either cipher; a wrong password is refused", async () => {
    const tokens = createDelegationTokens(client(proof("alice", "privacy"), null));
    const token = await tokens.getDelegationToken("coeval");
    assert.ok(token);
    for (const cipher of ["3des", "rc4"] as const) {
      const tree = createTree(client(byPassword(token, "privacy", [cipher]), null));
      for (let call = 0; call < 20; call++) assert.equal((await tree.getFileStatus("/open")).owner, "hdfs");
    }
    const wrong = { ...token, password: token.password.toReversed() };
    await refused(client(byPassword(wrong, "privacy"), null), /digest response format violation/);
  });

  test("who proves nothing is refused by name", async () => {
    await refused(client(undefined, "hdfs"), /SIMPLE authentication is not enabled/);
  });

  test("a server that is not the one expected is refused before anything is proven to it", async () => {
    const other = proof("hdfs", "privacy", "nn/elsewhere@RPC.TEST");
    await refused(client(other, null), /says it is nn\/localhost, and nn\/elsewhere is expected/);
  });

  test("tickets that expire are taken again, and live connections go on", async () => {
    const keytab = await realm.addPrincipal("shortlived", "shortlived", { ticketLife: "3 seconds" });
    const short = login("shortlived", keytab);
    const options = { serverPrincipal: PRINCIPAL, protection: ["auth-conf"] as [Qop] };
    const early = createTree(client(byKerberos(short, options), null));
    await early.getFileStatus("/");
    const { lifetimeSeconds } = await short.check();
    await clock.sleep((lifetimeSeconds + 1) * 1000);
    await early.getFileStatus("/");
    await createTree(client(byKerberos(short, options), null)).getFileStatus("/");
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
  const ask = async (fallbackUser: string | null) => {
    const authentication = byKerberos(login, {
      serverPrincipal: "nn/_HOST@RPC.TEST",
      protection: qopsOf("privacy"),
      fallbackUser,
    });
    const servers = [{ host, port: Number(port) }];
    return createTree(createNameNode(world, { servers, user: null, authentication })).getFileStatus("/");
  };
  try {
    await assert.rejects(ask(null), /asks for no proof of who calls, where KERBEROS is configured/);
    assert.equal((await ask("hdfs")).owner, "hdfs");
  } finally {
    tcp.close();
    await cluster.stop();
  }
});
