/** What this client writes read by Hadoop's own and by hdfs-native, and the other way round: every size at which something
 * ends, both kinds of checksum; and the checksums of whole files, which must be the same whoever wrote and whoever asks. */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { catFiles, putFiles } from "@coeval/testbed/copy";
import { hdfsCli } from "@coeval/testbed/hdfs-cli";
import { findHdfsNative, type HdfsNative, hdfsNative } from "@coeval/testbed/hdfs-native";
import type { NativeHdfsClient } from "../native/client.ts";
import { realCluster } from "../real-cluster.real.ts";
import { joined } from "./chunk-sums.ts";

const BLOCK_BYTES = 128 * 1024;
const FILE = { permission: 0o644, overwrite: true };
const MANY_BLOCKS = 100;
const SIZES = [
  0,
  1,
  511,
  512,
  513,
  BLOCK_BYTES - 1,
  BLOCK_BYTES,
  BLOCK_BYTES + 1,
  MANY_BLOCKS * BLOCK_BYTES + 77,
];
const CONTENT = Uint8Array.from(
  { length: MANY_BLOCKS * BLOCK_BYTES + 77 },
  (_, index) => (index * 31) ^ (index >> 9) ^ (index >> 17),
);
const contentOf = (size: number): Uint8Array => CONTENT.subarray(0, size);
const pathsIn = (folder: string): string[] => SIZES.map((size) => `${folder}/${size}`);

for (const kind of ["CRC32C", "CRC32"] as const) {
  describe(`files with ${kind}`, () => {
    const real = realCluster(`cross-read-${kind.toLowerCase()}`, {
      dataNodes: 2,
      replication: 2,
      blockSizeBytes: BLOCK_BYTES,
      hdfsSite: { "dfs.checksum.type": kind },
    });
    let hdfs: NativeHdfsClient;
    let other: HdfsNative | string;

    before(async () => {
      hdfs = real.native();
      for (const size of SIZES) await hdfs.create(`/ours/${size}`, contentOf(size), FILE);
      const files = new Map(SIZES.map((size) => [String(size), contentOf(size)]));
      await putFiles(real.cluster, "/java", files);
      other = await findHdfsNative().then(
        (python) => hdfsNative(real.cluster, python),
        (error: unknown) => `hdfs-native cannot be installed here: ${String(error)}`,
      );
      if (typeof other === "string") return;
      await other.write(new Map(SIZES.map((size) => [`/rust/${size}`, contentOf(size)])));
    });

    const read = async (path: string, size: number): Promise<Uint8Array> =>
      joined(await Array.fromAsync(hdfs.open(path, { offsetBytes: 0, lengthBytes: size })));

    test("ours are read by hdfs dfs -cat", async () => {
      const told = await catFiles(real.cluster, pathsIn("/ours"));
      assert.ok(isSame(told, joined(SIZES.map(contentOf))));
    });

    test("those of hdfs dfs -put are read by ours", async () => {
      for (const size of SIZES)
        assert.ok(isSame(await read(`/java/${size}`, size), contentOf(size)), `${size}`);
    });

    test("hdfs-native reads ours, and ours reads hdfs-native's", async (context) => {
      if (typeof other === "string") return context.skip(other);
      const told = await other.read(pathsIn("/ours"));
      for (const [index, size] of SIZES.entries())
        assert.ok(isSame(told[index] ?? new Uint8Array(), contentOf(size)), `${size} by hdfs-native`);
      for (const size of SIZES) {
        assert.equal((await hdfs.getFileStatus(`/rust/${size}`)).lengthBytes, size);
        assert.ok(isSame(await read(`/rust/${size}`, size), contentOf(size)), `${size} by ours`);
      }
    });

    for (const [mode, property] of [
      ["md5", "MD5MD5CRC"],
      ["composite", "COMPOSITE_CRC"],
    ] as const) {
      test(`their ${property} is the same by hdfs dfs -checksum and by ours, whoever wrote them`, async () => {
        const folders = typeof other === "string" ? ["/ours", "/java"] : ["/ours", "/java", "/rust"];
        const paths = folders.flatMap(pathsIn);
        const combine = `-Ddfs.checksum.combine.mode=${property}`;
        const { stdout } = await hdfsCli(real.cluster, ["dfs", combine, "-checksum", ...paths]);
        const lines = stdout.trim().split("\n");
        assert.equal(lines.length, paths.length);
        for (const [index, path] of paths.entries()) {
          const [named, algorithm, hex] = lines[index]?.split("\t") ?? [];
          assert.equal(named, path);
          const ours =
            mode === "md5" ? await hdfs.getFileChecksum(path) : await hdfs.getCompositeChecksum(path);
          assert.equal(`${ours.algorithm} ${ours.bytes}`, `${algorithm} ${hex}`, path);
          // hdfs-native sums by CRC32C whatever the cluster says.
          if (!/^\/rust|\/0$/.test(path)) assert.match(ours.algorithm, new RegExp(`${kind}$`), path);
        }
      });
    }
  });
}

function isSame(found: Uint8Array, expected: Uint8Array): boolean {
  return found.length === expected.length && found.every((byte, at) => byte === expected[at]);
}
