/** The NameNode's part in reading a file: where its blocks lie, which replicas are bad. Messages are the wire's own, for
 * most of them go on to DataNodes unchanged. Source: ClientProtocol of hadoop-hdfs-client 3.4. */
import type { ByteRange } from "../hdfs/client.ts";
import type { LocatedBlockProto, LocatedBlocksProto } from "../proto/generated/block_pb.ts";
import { CALLS, failure, type NameNode } from "./name-node.ts";

/** Calls for a reader. */
export interface BlockLocator {
  /** The blocks that hold the range; `notFound` when there is no such file. */
  getBlockLocations(path: string, range: ByteRange, cancel?: AbortSignal): Promise<LocatedBlocksProto>;
  /** Tells of replicas whose bytes do not match their checksums: each block with the DataNodes that hold them. */
  reportBadBlocks(blocks: readonly LocatedBlockProto[], cancel?: AbortSignal): Promise<void>;
}

export function createBlockLocator(nameNode: NameNode): BlockLocator {
  return {
    getBlockLocations: (path, { offsetBytes, lengthBytes }, cancel) =>
      nameNode.ask(
        CALLS.getBlockLocations,
        path,
        { src: path, offset: BigInt(offsetBytes), length: BigInt(lengthBytes) },
        ({ locations }) => {
          if (locations === undefined) throw failure("getBlockLocations", path, "notFound", "does not exist");
          return locations;
        },
        cancel,
      ),
    reportBadBlocks: (blocks, cancel) =>
      nameNode.tell(CALLS.reportBadBlocks, "/", { blocks: [...blocks] }, cancel),
  };
}
