/** Changes of whole files that need no DataNode, and what is known of files being written. Source: ClientProtocol of
 * hadoop-hdfs-client 3.4. */
import type { HdfsReading, HdfsWriting } from "../hdfs/client.ts";
import { toFileBlocks } from "./located-files.ts";
import { CALLS, checkPath, failure, type NameNode } from "./name-node.ts";

/** Leases: who writes a file, and that it ends. */
export interface HdfsLeases {
  /** Ends a file whose writer is gone. True when it is closed already, false while that goes on: wait for
   * `isFileClosed`. */
  recoverLease(path: string, cancel?: AbortSignal): Promise<boolean>;
  isFileClosed(path: string, cancel?: AbortSignal): Promise<boolean>;
}

/** The parts of reading and writing that are the NameNode's alone. */
export function createFileChanges(
  nameNode: NameNode,
): Pick<HdfsWriting, "truncate" | "concat"> & Pick<HdfsReading, "getBlockLocations"> & HdfsLeases {
  const { clientName } = nameNode;
  return {
    getBlockLocations: (path, range, cancel) =>
      nameNode.read(
        CALLS.getBlockLocations,
        path,
        { src: path, offset: BigInt(range.offsetBytes), length: BigInt(range.lengthBytes) },
        ({ locations }) => {
          if (locations === undefined) throw failure("getBlockLocations", path, "notFound", "does not exist");
          return toFileBlocks(locations);
        },
        cancel,
      ),

    truncate: (path, lengthBytes, cancel) =>
      nameNode.read(
        CALLS.truncate,
        path,
        { src: path, newLength: BigInt(lengthBytes), clientName },
        ({ result }) => result,
        cancel,
      ),

    async concat(target, sources, cancel) {
      for (const source of sources) checkPath("concat", source);
      await nameNode.tell(CALLS.concat, target, { trg: target, srcs: [...sources] }, cancel);
    },

    recoverLease: (path, cancel) =>
      nameNode.read(CALLS.recoverLease, path, { src: path, clientName }, ({ result }) => result, cancel),

    isFileClosed: (path, cancel) =>
      nameNode.read(CALLS.isFileClosed, path, { src: path }, ({ result }) => result, cancel),
  };
}
