/** Clusters that know their callers by Kerberos, of a real key server. Takes about a minute. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { type Cluster, startCluster } from "./cluster.ts";
import { hdfsCli, tryHdfsCli } from "./hdfs-cli.ts";
import { javaCall } from "./java.ts";
import type { ClusterOptions } from "./options.ts";
import { isAlive } from "./process-identity.ts";

const MIB = 1024 * 1024;

describe("a cluster with Kerberos", () => {
  const dir = mkdtempSync(join(tmpdir(), "testbed-kerberos-"));
  const started: Cluster[] = [];
  const start = async (name: string, options: ClusterOptions): Promise<Cluster> => {
    const cluster = await startCluster({ name, dir: join(dir, name), options, progress: console.log });
    started.push(cluster);
    return cluster;
  };
  const stop = async (cluster: Cluster): Promise<void> => {
    const processes = cluster.daemons.flatMap(({ process }) => (process === null ? [] : [process]));
    await cluster.stop();
    assert.deepEqual(processes.filter(isAlive), [], "stop() leaves no daemon and no key server");
  };
  after(async () => {
    await Promise.all(started.map(stop));
    rmSync(dir, { recursive: true, force: true });
  });

  test("serves who holds a key, as whom the key says, and nobody else", async () => {
    const east = await start("east", { kerberos: {} });
    await hdfsCli(east, ["dfs", "-mkdir", "/alice"]);
    await hdfsCli(east, ["dfs", "-chown", "alice", "/alice"]);
    const input = new Uint8Array(MIB).fill(7);
    await hdfsCli(east, ["dfs", "-put", "-", "/alice/file"], { user: "alice", input });
    const { stdout } = await hdfsCli(east, ["dfs", "-stat", "%u %b", "/alice/file"], { user: "bob" });
    assert.equal(stdout.trim(), `alice ${MIB}`);
    assert.equal((await hdfsCli(east, ["dfs", "-cat", "/alice/file"], { user: "bob" })).stdout.length, MIB);
    const refused = await tryHdfsCli(east, ["dfs", "-touchz", "/alice/his"], { user: "bob" });
    assert.match(refused.stderr, /Permission denied: user=bob/);

    const nobody = await tryHdfsCli({ ...east, kerberos: null }, ["dfs", "-ls", "/"]);
    assert.equal(nobody.status, 1);
    assert.match(nobody.stderr, /Client cannot authenticate via:\[TOKEN, KERBEROS\]/);
    await stop(east);
  });

  test("a pair of NameNodes, and data encrypted by AES", async () => {
    const west = await start("west", {
      dataNodes: 2,
      highAvailability: {},
      kerberos: { dataTransfer: "encrypted", rpcProtection: "integrity" },
    });
    await hdfsCli(west, ["dfs", "-put", "-", "/file"], { input: "sealed" });
    await west.highAvailability?.failOver();
    assert.equal((await hdfsCli(west, ["dfs", "-cat", "/file"])).stdout, "sealed");
    await stop(west);
  });

  test("tools that are not started by the testbed find all they need in what it prints", async () => {
    const south = await start("south", { kerberos: { dataTransfer: "integrity" } });
    assert.ok(south.kerberos);
    const { realm, krb5Conf, keytabs } = south.kerberos;
    assert.equal(realm, "SOUTH.TEST");
    assert.ok(keytabs["alice"]?.endsWith("alice.keytab"));
    const call = javaCall({ mainClass: "X", args: [], classPath: [], user: "alice", kerberos: { krb5Conf } });
    assert.ok(call.args.includes(`-Djava.security.krb5.conf=${krb5Conf}`));
    await hdfsCli(south, ["dfs", "-put", "-", "/file"], { input: "checked" });
    assert.equal((await hdfsCli(south, ["dfs", "-cat", "/file"], { user: "coeval" })).stdout, "checked");
  });
});
