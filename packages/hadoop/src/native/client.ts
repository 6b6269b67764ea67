/** The native HDFS client: HdfsClient over Hadoop's own RPC and data transfer, and what these alone can do. */
import { HdfsError } from "../errors.ts";
import type { HdfsClient } from "../hdfs/client.ts";
import { createAttributes } from "../namenode/attributes.ts";
import { createCluster, type NativeCluster } from "../namenode/cluster.ts";
import { createDelegationTokens, type DelegationTokens } from "../namenode/delegation-tokens.ts";
import { createEdits, type HdfsEdits } from "../namenode/edits.ts";
import { createEncryption, type HdfsEncryption } from "../namenode/encryption.ts";
import { createErasureCoding, type HdfsErasureCoding } from "../namenode/erasure-coding.ts";
import { createFileChanges, type HdfsLeases } from "../namenode/file-changes.ts";
import { createNameNode } from "../namenode/name-node.ts";
import { listOpenFiles } from "../namenode/open-files.ts";
import { NAMENODE_PROTOCOL } from "../namenode/protocol.ts";
import { createSafeMode, type SafeMode } from "../namenode/safe-mode.ts";
import { createSnapshotDiffs } from "../namenode/snapshot-diff.ts";
import { createSnapshots } from "../namenode/snapshots.ts";
import { createTree, type LocatedListing } from "../namenode/tree.ts";
import { createUsage } from "../namenode/usage.ts";
import { createRpcClient } from "../rpc/client.ts";
import { createTransfer, type Transfer } from "../transfer/transfer.ts";
import type { NativeWorld } from "../world.ts";
import { type NativeHdfsOptions, userOf } from "./options.ts";

/** Everything: what every protocol offers, and what only this one does. */
export interface NativeHdfsClient
  extends HdfsClient,
    LocatedListing,
    HdfsLeases,
    HdfsEdits,
    HdfsErasureCoding,
    HdfsEncryption,
    DelegationTokens,
    SafeMode,
    NativeCluster,
    Pick<Transfer, "getCompositeChecksum" | "openNew" | "openEnd"> {
  /** The NameNode last seen active, or tried next: `host:port`. */
  readonly nameNode: string;
  /** Ends all connections; calls under way fail. */
  close(): void;
}

/**
 * A client of one namespace. Connects at the first call; one connection a NameNode and protocol serves any number of
 * calls at once. Must be closed.
 */
export function createNativeHdfsClient(world: NativeWorld, options: NativeHdfsOptions): NativeHdfsClient {
  const {
    identity,
    dataTransferProtections: protections = null,
    callMsMax,
    connectMsMax,
    failoverMsMax,
    onSilence,
    onFailedTry,
  } = options;
  const bounds = { callMsMax, connectMsMax, failoverMsMax };
  const rpc = { servers: options.nameNodes, identity, ...bounds, onSilence, onFailedTry };
  const nameNode = createNameNode(world, rpc);
  const daemons = createRpcClient(world, { ...rpc, protocol: NAMENODE_PROTOCOL });
  const dataNodeRpc = { identity, callMsMax, connectMsMax };
  const transfer = createTransfer(world, nameNode, {
    ...options.dataNodes,
    dataNodeRpc,
    security: identity.kind === "simple" ? undefined : { world: identity.world, protections },
  });
  const tree = createTree(nameNode);
  const safeMode = createSafeMode(nameNode);
  return {
    ...tree,
    ...createUsage(nameNode, userOf(options)),
    ...createFileChanges(nameNode),
    ...createAttributes(nameNode),
    ...createSnapshots(nameNode),
    ...createSnapshotDiffs(nameNode),
    ...createEdits(nameNode),
    ...createErasureCoding(nameNode),
    ...createEncryption(nameNode),
    ...createDelegationTokens(nameNode),
    ...safeMode,
    ...createCluster(nameNode, { daemons, safeMode, web: options.web, secured: identity.kind !== "simple" }),
    getConfiguration: options.web?.getConfiguration ?? notByRpc,
    listOpenFiles: (path, cancel) => listOpenFiles(nameNode, tree, path, cancel),
    open: transfer.open,
    create: transfer.create,
    append: transfer.append,
    getFileChecksum: transfer.getFileChecksum,
    getCompositeChecksum: transfer.getCompositeChecksum,
    openNew: transfer.openNew,
    openEnd: transfer.openEnd,
    get nameNode() {
      return nameNode.server;
    },
    close() {
      transfer.close();
      nameNode.close();
      daemons.close();
    },
  };
}

async function notByRpc(key: string): Promise<never> {
  throw new HdfsError({
    code: "unsupported",
    operation: "configuration",
    path: key,
    reason: "RPC does not tell the NameNode's configuration: give the client a way to its web address",
  });
}
