/** The files in which a DataNode of a cluster keeps its replicas, for tests that damage them. */
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Cluster } from "./cluster.ts";

/** Changes one byte of the block's finished replica at the DataNode; its checksums stay as they are. */
export async function corruptReplica(
  cluster: Cluster,
  dataNode: number,
  blockId: string,
  offsetBytes: number,
): Promise<void> {
  const path = await replicaFile(cluster, dataNode, blockId);
  const bytes = await readFile(path);
  bytes[offsetBytes] = (bytes[offsetBytes] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

/** Takes away the block's finished replica at the DataNode, which does not know of it. */
export async function removeReplica(cluster: Cluster, dataNode: number, blockId: string): Promise<void> {
  await rm(await replicaFile(cluster, dataNode, blockId));
}

async function replicaFile(cluster: Cluster, dataNode: number, blockId: string): Promise<string> {
  const folder = join(cluster.dir, `data-${dataNode}`);
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const file = found.find(
    ({ name, parentPath }) => name === `blk_${blockId}` && parentPath.includes("finalized"),
  );
  if (file === undefined)
    throw new Error(`testbed: data-${dataNode} of ${cluster.name} has no replica of block ${blockId}`);
  return join(file.parentPath, file.name);
}
