/** Files carried between this process and a cluster by Hadoop's own client: `hdfs dfs -put` and `-cat`. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type CliTarget, hdfsCli } from "./hdfs-cli.ts";

/** Puts files below the directory `to`, which must not exist: contents by path relative to it. `properties` are the
 * client's, e.g. `dfs.checksum.type`. */
export async function putFiles(
  cluster: CliTarget,
  to: string,
  files: ReadonlyMap<string, Uint8Array>,
  properties: Readonly<Record<string, string>> = {},
): Promise<void> {
  const from = join(cluster.dir, "tmp", "put");
  await rm(from, { recursive: true, force: true });
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(from, path)), { recursive: true });
    await writeFile(join(from, path), bytes);
  }
  const given = Object.entries(properties).map(([name, value]) => `-D${name}=${value}`);
  await hdfsCli(cluster, ["dfs", ...given, "-put", from, to]);
}

/** What `hdfs dfs -cat` prints of the files, one after the other. */
export async function catFiles(cluster: CliTarget, paths: readonly string[]): Promise<Uint8Array> {
  const { stdout } = await hdfsCli(cluster, ["dfs", "-cat", ...paths], { encoding: "latin1" });
  return Uint8Array.from(Buffer.from(stdout, "latin1"));
}
