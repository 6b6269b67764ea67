/** The WebHDFS client: HdfsClient over a NameNode's web address. */
import type { HdfsClient } from "../hdfs/client.ts";
import type { World } from "../world.ts";
import { createAttributes } from "./attributes.ts";
import { createCluster } from "./cluster.ts";
import { createDataNode } from "./data-node.ts";
import { createDataNodes } from "./data-nodes.ts";
import { createNameNode } from "./name-node.ts";
import type { WebHdfsOptions } from "./options.ts";
import { createReading } from "./read.ts";
import { createSnapshotDiffs } from "./snapshot-diff.ts";
import { createSnapshots } from "./snapshots.ts";
import { createTree } from "./tree.ts";
import { createUsage } from "./usage.ts";
import { createWriting } from "./write.ts";

/**
 * A client of one NameNode. Holds no connection and no timer of its own: the transport in `world` keeps, shares and
 * bounds connections. One client serves any number of concurrent calls.
 */
export function createWebHdfsClient(world: World, options: WebHdfsOptions): HdfsClient {
  const nameNode = createNameNode(world, options);
  const dataNode = createDataNode(world, options, nameNode, createDataNodes(world, options, nameNode));
  const tree = createTree(nameNode);
  return {
    ...tree,
    ...createUsage(nameNode),
    ...createReading(nameNode, dataNode),
    ...createWriting(nameNode, dataNode),
    ...createAttributes(nameNode),
    ...createSnapshots(nameNode),
    ...createSnapshotDiffs(nameNode),
    ...createCluster(nameNode, tree),
  };
}
