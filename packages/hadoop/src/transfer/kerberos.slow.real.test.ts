/** Data transfer with DataNodes that know their callers by block tokens: every protection, pipelines of two, an open
 * file's length, checksums, and a client that asks for more protection than the cluster has. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Cluster, startCluster } from "@coeval/testbed/cluster";
import { type KerberosRealm, useRealm } from "@coeval/testbed/kerberos";
import { createClientWorld } from "@coeval/platform/client-world";
import { createNativeHdfsClient, type NativeHdfsClient } from "../native/client.ts";
import { parseServer } from "../native/endpoint.ts";
import { loadGssapi } from "../sasl/gssapi.ts";
import { createKerberosLogin } from "../sasl/kerberos-login.ts";
import { qopsOf } from "../sasl/mechanism.ts";
import { refused } from "../webhdfs/probes.ts";
import { joined } from "./chunk-sums.ts";

const BLOCK_BYTES = 1024 * 1024;
const FILE = { permission: 0o644, overwrite: true };
const CONTENT = Uint8Array.from({ length: 2 * BLOCK_BYTES + 700 }, (_, index) => (index * 31) ^ (index >> 8));

for (const dataTransfer of ["authentication", "integrity", "privacy", "encrypted"] as const) {
  describe(`data transfer under ${dataTransfer}`, () => {
    const world = createClientWorld();
    const clients: NativeHdfsClient[] = [];
    let cluster: Cluster;
    let realm: KerberosRealm;

    const clientOf = (protection: string | null): NativeHdfsClient => {
      const credentials = {
        kind: "keytab",
        principal: `hdfs@${realm.realm}`,
        keytab: realm.keytabs["hdfs"] ?? "",
      } as const;
      const client = createNativeHdfsClient(world, {
        nameNodes: [parseServer(cluster.nameNodeRpc)],
        identity: {
          kind: "kerberos",
          login: createKerberosLogin(loadGssapi(), world.random, credentials),
          serverPrincipal: `nn/localhost@${realm.realm}`,
          protections: qopsOf("privacy"),
          world,
        },
        dataTransferProtections: protection === null ? null : qopsOf(protection),
        dataNodes: { silenceMsMax: 15_000 },
      });
      clients.push(client);
      return client;
    };

    before(async () => {
      const dir = new URL(`../../../../.testbed/transfer-${dataTransfer}`, import.meta.url).pathname;
      const options = {
        kerberos: { dataTransfer },
        dataNodes: 2,
        replication: 2,
        blockSizeBytes: BLOCK_BYTES,
      };
      cluster = await startCluster({ name: `transfer-${dataTransfer}`.slice(0, 30), dir, options });
      assert.ok(cluster.kerberos);
      realm = cluster.kerberos;
      useRealm(realm);
    });
    after(async () => {
      for (const client of clients) client.close();
      world.close();
      await cluster?.stop();
    });

    test("files are written and read, also while they are open, and summed", async () => {
      const hdfs = clientOf(dataTransfer === "encrypted" ? null : dataTransfer);
      const output = await hdfs.openNew("/f", FILE);
      await output.write(CONTENT.subarray(0, 300_000));
      await output.hflush();
      const range = { offsetBytes: 0, lengthBytes: 300_000 };
      assert.ok(isSame(joined(await Array.fromAsync(hdfs.open("/f", range))), CONTENT.subarray(0, 300_000)));
      await output.write(CONTENT.subarray(300_000));
      await output.close();
      const whole = { offsetBytes: 0, lengthBytes: CONTENT.length };
      for (let repeat = 0; repeat < 3; repeat++) {
        assert.ok(isSame(joined(await Array.fromAsync(hdfs.open("/f", whole))), CONTENT));
      }
      await hdfs.create("/small", CONTENT.subarray(0, 700), FILE);
      assert.equal(await hdfs.append("/small", CONTENT.subarray(700, 1_400)), 700);
      const small = { offsetBytes: 0, lengthBytes: 1_400 };
      assert.ok(
        isSame(joined(await Array.fromAsync(hdfs.open("/small", small))), CONTENT.subarray(0, 1_400)),
      );
      assert.match((await hdfs.getFileChecksum("/f")).algorithm, /MD5-of-512CRC32C$/);
    });

    if (dataTransfer === "integrity") {
      test("a client that wants more than the cluster has goes without", async () => {
        const hdfs = clientOf("privacy");
        const range = { offsetBytes: 0, lengthBytes: 10 };
        await assert.rejects(Array.fromAsync(hdfs.open("/f", range)), /blockMissing/);
        await refused(hdfs.create("/more", CONTENT.subarray(0, 10), FILE), "authentication");
      });

      test("bare bytes are refused by the DataNodes", async () => {
        const hdfs = clientOf(null);
        const range = { offsetBytes: 0, lengthBytes: 10 };
        await assert.rejects(Array.fromAsync(hdfs.open("/f", range)), /blockMissing/);
      });
    }
  });
}

function isSame(found: Uint8Array, expected: Uint8Array): boolean {
  return found.length === expected.length && found.every((byte, index) => byte === expected[index]);
}
