// Two clusters that know their callers by Kerberos, each of a realm of its own with a key server of its own; neither realm
// trusts the other, nor has heard of it. Calls and data travel encrypted, blocks have tokens. Each agent has the key of its own
// cluster alone: east's reads the rest from Hadoop's configuration, west's is told by the cluster's document.
import assert from "node:assert/strict";
import { type Pair, type TestCluster, testClusters } from "../harness/clusters.ts";
import { type AgentWords, startWorld, type World } from "../harness/world.ts";

/** Users of stories, each with a keytab. */
const USERS = ["alice", "bob", "carol"];

/** The clusters' own, ended with the world. */
export async function kerberizedWorld(say: (line: string) => void): Promise<World> {
  const kerberos = { rpcProtection: "privacy", dataTransfer: "privacy", users: USERS } as const;
  const pair = await testClusters({ east: { kerberos }, west: { kerberos } }, say);
  try {
    const { east, west } = pair;
    const world = await startWorld({
      pair,
      hdfs: {
        east: [`url: hdfs://${east.nameNodeRpc}`, `web: webhdfs://${east.nameNodeHttp}`],
        west: [
          `url: hdfs://${west.nameNodeRpc}`,
          `web: webhdfs://${west.nameNodeHttp}`,
          `user: ${west.serviceUser}`,
          "kerberos:",
          "  nameNode: nn/localhost@WEST.TEST",
          "  rpcProtection: privacy",
          "  dataTransferProtection: privacy",
        ],
      },
      agents: { east: agentOf(east, ["--hadoop-conf", east.clientConf]), west: agentOf(west, []) },
    });
    return { ...world, stop: () => ended(world, pair) };
  } catch (error) {
    await pair.close();
    throw error;
  }
}

async function ended(world: World, pair: Pair): Promise<void> {
  await world.stop();
  await pair.close();
}

/** Its own realm's key, and nothing of the other's. */
function agentOf({ kerberos, serviceUser }: TestCluster, more: readonly string[]): AgentWords {
  assert.ok(kerberos, "the cluster is one with Kerberos");
  const { krb5Conf, keytabs, realm } = kerberos;
  const keytab = keytabs[serviceUser] ?? "";
  return {
    on: ["env", `KRB5_CONFIG=${krb5Conf}`],
    words: ["--keytab", keytab, "--principal", `${serviceUser}@${realm}`, ...more],
  };
}
