/** The NameNode's part in writing a file: making it, its blocks one by one, closing it, and what a pipeline needs when
 * a DataNode fails. Source: ClientProtocol, DFSOutputStream and DataStreamer of hadoop-hdfs-client 3.4. */
import { isHdfsError } from "../errors.ts";
import type {
  ExtendedBlockProto,
  DatanodeInfoProto,
  LocatedBlockProto,
} from "../proto/generated/block_pb.ts";
import type { HdfsFileStatusProto } from "../proto/generated/file_pb.ts";
import { CreateFlagProto } from "../proto/generated/write_calls_pb.ts";
import type { NativeWorld } from "../world.ts";
import { CALLS, failure, type NameNode } from "./name-node.ts";

/** A file this client has open for writing. `fileId` is its inode, so that it is found after a rename too. */
export interface WritingFile {
  readonly path: string;
  readonly fileId: bigint;
}

/** How a file is made. */
export interface FileShape {
  /** The nine permission bits, after any umask. */
  readonly permission: number;
  readonly overwrite: boolean;
  readonly replication: number;
  readonly blockSizeBytes: bigint;
}

/** Where a new block may go. */
export interface Placement {
  /** DataNodes that failed. */
  readonly exclude?: readonly DatanodeInfoProto[] | undefined;
}

/** A pipeline that goes on after some of its DataNodes failed. */
export interface Pipeline {
  readonly nodes: readonly DatanodeInfoProto[];
  readonly storageIds: readonly string[];
}

/** Calls for a writer. All are safe to repeat by their ids. */
export interface FileWriting {
  /** Fails with `alreadyExists`, `parentNotDirectory`, `encryptionZone`, … Missing ancestors are made. */
  create(path: string, shape: FileShape, cancel?: AbortSignal): Promise<HdfsFileStatusProto>;
  /** The last block when it is not full (its replicas take the rest), else null; and the file as it is. */
  append(
    path: string,
    cancel?: AbortSignal,
  ): Promise<{ readonly lastBlock: LocatedBlockProto | null; readonly status: HdfsFileStatusProto | null }>;
  /** The next block and its DataNodes, in pipeline order. `previous`: the block before, with its final length. Asked
   * again while the block before is not yet reported. Fails with `diskFull`, `leaseConflict`, `quotaExceeded`. */
  addBlock(
    file: WritingFile,
    previous: ExtendedBlockProto | null,
    placement: Placement,
    cancel?: AbortSignal,
  ): Promise<LocatedBlockProto>;
  /** Gives back a block into which nothing was written. */
  abandonBlock(file: WritingFile, block: ExtendedBlockProto, cancel?: AbortSignal): Promise<void>;
  /** Closes the file; `last` with its final length, null for an empty file. Asked again after 1, 2, 4 … ms until
   * enough replicas are reported; `timeout` after COMPLETE_MS_MAX. */
  complete(file: WritingFile, last: ExtendedBlockProto | null, cancel?: AbortSignal): Promise<void>;
  /** Makes `lastBlockLength` bytes of the last block known to readers and holds the edit log's sync. */
  fsync(file: WritingFile, lastBlockLength: bigint, cancel?: AbortSignal): Promise<void>;
  /** The same block with a new generation stamp (and token), for a pipeline that is built anew. */
  updateBlockForPipeline(
    file: WritingFile,
    block: ExtendedBlockProto,
    cancel?: AbortSignal,
  ): Promise<LocatedBlockProto>;
  /** Tells that the block lives on with `newBlock`'s stamp and length on these DataNodes alone. */
  updatePipeline(
    file: WritingFile,
    oldBlock: ExtendedBlockProto,
    newBlock: ExtendedBlockProto,
    pipeline: Pipeline,
    cancel?: AbortSignal,
  ): Promise<void>;
  /** One more DataNode for a pipeline that lost some: the block with the old DataNodes and the new one. */
  getAdditionalDatanode(
    file: WritingFile,
    block: ExtendedBlockProto,
    pipeline: Pipeline,
    placement: Placement,
    cancel?: AbortSignal,
  ): Promise<LocatedBlockProto>;
}

/** The first pause before `complete` (or `addBlock`) is asked again; it doubles up to PAUSE_MS_MAX. */
const FIRST_PAUSE_MS = 1;
const PAUSE_MS_MAX = 256;
/** How long a block may take to be reported by its DataNodes. */
export const COMPLETE_MS_MAX = 60_000;

export function createFileWriting(world: NativeWorld, nameNode: NameNode): FileWriting {
  const { clientName } = nameNode;

  /** Asks until the answer is not null. */
  const until = async <T>(
    operation: string,
    path: string,
    ask: () => Promise<T | null>,
    cancel: AbortSignal | undefined,
  ): Promise<T> => {
    const startedMs = world.clock.elapsedMs();
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX)) {
      const answer = await ask();
      if (answer !== null) return answer;
      if (world.clock.elapsedMs() - startedMs > COMPLETE_MS_MAX) {
        const why = `its last block was not reported by enough DataNodes within ${COMPLETE_MS_MAX} ms`;
        throw failure(operation, path, "timeout", why);
      }
      await world.clock.sleep(pauseMs, cancel);
    }
  };

  return {
    async create(path, shape, cancel) {
      const { permission, overwrite, replication, blockSizeBytes } = shape;
      const request = {
        src: path,
        masked: { perm: permission },
        unmasked: { perm: permission },
        clientName,
        createFlag: CreateFlagProto.CREATE | (overwrite ? CreateFlagProto.OVERWRITE : 0),
        createParent: true,
        replication,
        blockSize: blockSizeBytes,
      };
      const { fs } = await nameNode.ask(CALLS.create, path, request, cancel);
      if (fs === undefined) throw failure("create", path, "malformedAnswer", "the answer has no file status");
      return fs;
    },

    async append(path, cancel) {
      const request = { src: path, clientName };
      const { block, stat } = await nameNode.ask(CALLS.append, path, request, cancel);
      return { lastBlock: block ?? null, status: stat ?? null };
    },

    async addBlock({ path, fileId }, previous, { exclude = [] }, cancel) {
      const last = previous === null ? {} : { previous };
      const request = { src: path, clientName, fileId, excludeNodes: [...exclude], ...last };
      const ask = async (): Promise<LocatedBlockProto | null> => {
        try {
          return located("addBlock", path, (await nameNode.ask(CALLS.addBlock, path, request, cancel)).block);
        } catch (error) {
          if (isHdfsError(error) && error.javaClass?.endsWith(".NotReplicatedYetException") === true)
            return null;
          throw error;
        }
      };
      return until("addBlock", path, ask, cancel);
    },

    async abandonBlock({ path, fileId }, block, cancel) {
      const request = { b: block, src: path, holder: clientName, fileId };
      await nameNode.ask(CALLS.abandonBlock, path, request, cancel);
    },

    async complete({ path, fileId }, last, cancel) {
      const request = { src: path, clientName, fileId, ...(last === null ? {} : { last }) };
      const ask = async (): Promise<true | null> =>
        (await nameNode.ask(CALLS.complete, path, request, cancel)).result || null;
      await until("complete", path, ask, cancel);
    },

    async fsync({ path, fileId }, lastBlockLength, cancel) {
      await nameNode.ask(
        CALLS.fsync,
        path,
        { src: path, client: clientName, lastBlockLength, fileId },
        cancel,
      );
    },

    async updateBlockForPipeline({ path }, block, cancel) {
      const answer = await nameNode.ask(CALLS.updateBlockForPipeline, path, { block, clientName }, cancel);
      return located("updateBlockForPipeline", path, answer.block);
    },

    async updatePipeline({ path }, oldBlock, newBlock, { nodes, storageIds }, cancel) {
      const newNodes = nodes.flatMap(({ id }) => (id === undefined ? [] : [id]));
      const request = { clientName, oldBlock, newBlock, newNodes, storageIDs: [...storageIds] };
      await nameNode.ask(CALLS.updatePipeline, path, request, cancel);
    },

    async getAdditionalDatanode({ path, fileId }, blk, { nodes, storageIds }, { exclude = [] }, cancel) {
      const request = {
        src: path,
        blk,
        existings: [...nodes],
        excludes: [...exclude],
        numAdditionalNodes: 1,
        clientName,
        existingStorageUuids: [...storageIds],
        fileId,
      };
      const { block } = await nameNode.ask(CALLS.getAdditionalDatanode, path, request, cancel);
      return located("getAdditionalDatanode", path, block);
    },
  };
}

function located(operation: string, path: string, block: LocatedBlockProto | undefined): LocatedBlockProto {
  if (block === undefined) throw failure(operation, path, "malformedAnswer", "the answer has no block");
  return block;
}
