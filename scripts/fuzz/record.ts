// `node scripts/fuzz/record.ts FILE`: writes what real servers send, connection by connection, as seeds for the fuzzer: a
// NameNode and DataNodes without proofs, and the same with Kerberos, tokens, privacy and AES.
import { rm, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createNativeHdfsClient, type NativeHdfsClient } from "../../packages/hadoop/src/native/client.ts";
import { parseServer } from "../../packages/hadoop/src/native/endpoint.ts";
import type { RpcIdentity } from "../../packages/hadoop/src/rpc/identity.ts";
import { loadGssapi } from "../../packages/hadoop/src/sasl/gssapi.ts";
import { createKerberosLogin } from "../../packages/hadoop/src/sasl/kerberos-login.ts";
import { qopsOf } from "../../packages/hadoop/src/sasl/mechanism.ts";
import type { StreamTransport } from "../../packages/hadoop/src/world.ts";
import { createClientWorld } from "../../packages/platform/src/client-world.ts";
import { type Cluster, startCluster } from "../../packages/testbed/src/cluster.ts";
import { useRealm } from "../../packages/testbed/src/kerberos.ts";
import type { ClusterOptions } from "../../packages/testbed/src/options.ts";

const FILE = { permission: 0o644, overwrite: true };
const BLOCK_BYTES = 1024 * 1024;
/** Longer connections are seeds by their beginning. */
const CONNECTION_BYTES_MAX = 3_000;
const SETTLE_MS = 300;

const [target = ""] = process.argv.slice(2);
if (target === "") throw new Error("usage: node scripts/fuzz/record.ts FILE");
const own = createClientWorld();
const recorded: Record<string, string> = {};
let tap: { readonly name: string; readonly pieces: Uint8Array[]; readonly port: number }[] = [];

const streams: StreamTransport = {
  async connect(server, options) {
    const stream = await own.streams.connect(server, options);
    const pieces: Uint8Array[] = [];
    tap.push({ name: server.host, pieces, port: server.port });
    return {
      ...stream,
      async read() {
        const bytes = await stream.read();
        if (bytes !== null) pieces.push(bytes.slice());
        return bytes;
      },
    };
  },
};
const world = { ...own, streams };

await withCluster(
  "fuzz-plain",
  { dataNodes: 2, replication: 2, blockSizeBytes: BLOCK_BYTES },
  async (cluster) => {
    const identity = { kind: "simple", user: "hdfs" } as const;
    await scenarios(cluster, "plain", identity, null);
  },
);
await withCluster(
  "fuzz-kerberos",
  {
    dataNodes: 2,
    replication: 2,
    blockSizeBytes: BLOCK_BYTES,
    kerberos: {
      dataTransfer: "privacy",
      cipherSuites: "AES/CTR/NoPadding",
      rpcProtection: "privacy,integrity",
    },
  },
  async (cluster) => {
    const realm = cluster.kerberos;
    if (realm === null) throw new Error("the cluster has no realm");
    useRealm(realm);
    const credentials = {
      kind: "keytab",
      principal: `hdfs@${realm.realm}`,
      keytab: realm.keytabs["hdfs"] ?? "",
    } as const;
    const proof = (protection: string): RpcIdentity => ({
      kind: "kerberos",
      login: createKerberosLogin(loadGssapi(), world.random, credentials),
      serverPrincipal: `nn/localhost@${realm.realm}`,
      protections: qopsOf(protection),
      world,
    });
    await scenarios(cluster, "aes", proof("privacy"), "privacy");
    await scenarios(cluster, "integrity", proof("integrity"), "integrity").catch((error: unknown) =>
      process.stderr.write(`integrity is refused: ${String(error)}\n`),
    );
    const giver = clientOf(cluster, proof("privacy"), "privacy");
    const token = await giver.getDelegationToken("hdfs");
    giver.close();
    if (token === null) throw new Error("no token");
    const byToken = {
      kind: "token",
      token,
      protections: qopsOf("privacy"),
      world,
    } as const;
    await scenario(
      cluster,
      "token-status",
      byToken,
      "privacy",
      async (hdfs) => void (await hdfs.getFileStatus("/")),
    );
  },
);
await writeFile(target, `${JSON.stringify(recorded, null, 2)}\n`);
own.close();

async function withCluster(
  name: string,
  options: ClusterOptions,
  act: (cluster: Cluster) => Promise<void>,
): Promise<void> {
  const dir = new URL(`../../.testbed/${name}`, import.meta.url).pathname;
  const cluster = await startCluster({ name, dir, options });
  try {
    await act(cluster);
  } finally {
    await cluster.stop();
  }
}

function clientOf(cluster: Cluster, identity: RpcIdentity, protection: string | null): NativeHdfsClient {
  return createNativeHdfsClient(world, {
    nameNodes: [parseServer(cluster.nameNodeRpc)],
    identity,
    dataTransferProtections: protection === null ? null : qopsOf(protection),
  });
}

/** What happens under `name` is kept, by kind of server. */
async function scenario(
  cluster: Cluster,
  name: string,
  identity: RpcIdentity,
  protection: string | null,
  act: (hdfs: NativeHdfsClient) => Promise<void>,
): Promise<void> {
  tap = [];
  const hdfs = clientOf(cluster, identity, protection);
  try {
    await act(hdfs);
    await world.clock.sleep(SETTLE_MS);
  } finally {
    hdfs.close();
  }
  const nameNodePort = parseServer(cluster.nameNodeRpc).port;
  for (const [index, { pieces, port }] of tap.entries()) {
    const bytes = Buffer.concat(pieces).subarray(0, CONNECTION_BYTES_MAX);
    const kind = port === nameNodePort ? "name-node" : "data-node";
    if (bytes.length > 0) recorded[`${name} ${kind} ${index}`] = bytes.toString("base64");
  }
}

async function scenarios(
  cluster: Cluster,
  name: string,
  identity: RpcIdentity,
  protection: string | null,
): Promise<void> {
  const content = Uint8Array.from({ length: 1_300 }, (_, index) => index * 7);
  const range = { offsetBytes: 0, lengthBytes: content.length };
  const run = (what: string, act: (hdfs: NativeHdfsClient) => Promise<void>): Promise<void> =>
    scenario(cluster, `${name}-${what}`, identity, protection, act);
  await run("write", async (hdfs) => void (await hdfs.create("/f", content, FILE)));
  await run("hflush", async (hdfs) => {
    const output = await hdfs.openNew("/g", FILE);
    for (let piece = 0; piece < 4; piece++) {
      await output.write(content);
      await output.hflush();
    }
    await output.close();
  });
  await run("read", async (hdfs) => {
    for await (const _ of hdfs.open("/f", range));
  });
  await run("checksum", async (hdfs) => void (await hdfs.getFileChecksum("/f")));
  await run("composite", async (hdfs) => void (await hdfs.getCompositeChecksum("/f")));
  await run("edits", async (hdfs) => void (await hdfs.getEdits(1)));
  await run("gone", async (hdfs) => {
    await hdfs.create("/gone", content, { ...FILE, replication: 1 });
    for (const node of [0, 1]) await removeReplicas(join(cluster.dir, `data-${node}`), await idOf(hdfs));
    try {
      for await (const _ of hdfs.open("/gone", range));
    } catch (error) {
      process.stderr.write(`as it should: ${String(error)}\n`);
    }
  });
}

async function idOf(hdfs: NativeHdfsClient): Promise<string> {
  const { blocks } = await hdfs.getBlockLocations("/gone", { offsetBytes: 0, lengthBytes: 1 });
  return blocks[0]?.blockId ?? "";
}

async function removeReplicas(folder: string, blockId: string): Promise<void> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const { name, parentPath } of found)
    if (name.startsWith(`blk_${blockId}`)) await rm(join(parentPath, name));
}
