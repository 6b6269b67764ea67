/** Where the blocks of a file are, and how long one is that is being written. Source: ClientProtocol and
 * ClientDatanodeProtocol of Hadoop 3.4.2. */
import { HdfsError } from "../errors.ts";
import type { ByteRange } from "../hdfs/client.ts";
import { CALLS, type NameNode } from "../namenode/name-node.ts";
import type {
  DatanodeInfoProto,
  ExtendedBlockProto,
  LocatedBlockProto,
  LocatedBlocksProto,
} from "../proto/generated/block_pb.ts";
import { ClientDatanodeProtocolService } from "../proto/generated/client_datanode_pb.ts";
import type { TokenProto } from "../proto/generated/security_pb.ts";
import type { RpcIdentity } from "../rpc/identity.ts";
import { createRpcClient, type RpcOptions } from "../rpc/client.ts";
import type { NativeWorld } from "../world.ts";
import { idOf } from "./replicas.ts";

/** What reads ask about blocks. All calls fail with an HdfsError. */
export interface BlockLocator {
  /** The blocks that hold the range; `notFound` when there is no such file. */
  getBlockLocations(path: string, range: ByteRange, cancel?: AbortSignal): Promise<LocatedBlocksProto>;
  /** Tells of replicas whose bytes do not match their checksums: each block with the DataNodes that hold them. */
  reportBadBlocks(path: string, blocks: readonly LocatedBlockProto[]): Promise<void>;
  /** Asked of the DataNode itself: how much of a block that is being written readers may see. */
  getReplicaVisibleLength(
    path: string,
    node: DatanodeInfoProto,
    block: ExtendedBlockProto,
    token: TokenProto,
    cancel?: AbortSignal,
  ): Promise<number>;
}

/** How DataNodes' RPC ports are spoken to. */
export type DataNodeRpcOptions = Omit<RpcOptions, "servers" | "protocol">;

const CLIENT_DATANODE_PROTOCOL = {
  name: "org.apache.hadoop.hdfs.protocol.ClientDatanodeProtocol",
  version: 1,
};

export function createBlockLocator(
  world: NativeWorld,
  nameNode: NameNode,
  dataNodeRpc: DataNodeRpcOptions,
): BlockLocator {
  return {
    async getBlockLocations(path, { offsetBytes, lengthBytes }, cancel) {
      const request = { src: path, offset: BigInt(offsetBytes), length: BigInt(lengthBytes) };
      const { locations } = await nameNode.ask(CALLS.getBlockLocations, path, request, cancel);
      // So the NameNode answers where there is nothing; a missing file is an exception since 2.1.
      if (locations !== undefined) return locations;
      throw new HdfsError({ code: "notFound", operation: "getBlockLocations", path, reason: "no such file" });
    },
    async reportBadBlocks(path, blocks) {
      await nameNode.ask(CALLS.reportBadBlocks, path, { blocks: [...blocks] });
    },
    async getReplicaVisibleLength(path, node, block, token, cancel) {
      const { ipAddr, ipcPort } = idOf(node);
      // Files that are open are rarely read: a connection each time is enough.
      const servers = [{ host: ipAddr, port: ipcPort }];
      const rpc = createRpcClient(world, {
        ...dataNodeRpc,
        identity: towardsDataNode(dataNodeRpc.identity, token),
        servers,
        protocol: CLIENT_DATANODE_PROTOCOL,
      });
      try {
        const method = ClientDatanodeProtocolService.method.getReplicaVisibleLength;
        const { length } = await rpc.ask(method, { block }, { path, cancel });
        return Number(length);
      } finally {
        rpc.close();
      }
    },
  };
}

/** Where callers are proven, the block's token proves the right to ask. */
function towardsDataNode(identity: RpcIdentity, { identifier, password }: TokenProto): RpcIdentity {
  if (identity.kind === "simple") return identity;
  const { protections, world } = identity;
  return { kind: "token", token: { identifier, password }, protections, world };
}
