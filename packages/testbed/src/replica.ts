/** The files in which a DataNode of a cluster keeps its replicas, for tests that damage them. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Cluster } from "./cluster.ts";

/** Changes one byte of the block's finished replica at the DataNode; its checksums stay as they are. */
export async function corruptReplica(
  cluster: Cluster,
  dataNode: number,
  blockId: string,
  offsetBytes: number,
): Promise<void> {
  const folder = join(cluster.dir, `data-${dataNode}`);
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const file = found.find(
    ({ name, parentPath }) => name === `blk_${blockId}` && parentPath.includes("finalized"),
  );
  if (file === undefined)
    throw new Error(`testbed: data-${dataNode} of ${cluster.name} has no replica of block ${blockId}`);
  const path = join(file.parentPath, file.name);
  const bytes = await readFile(path);
  bytes[offsetBytes] = (bytes[offsetBytes] ?? 0) ^ 1;
  await writeFile(path, bytes);
}
