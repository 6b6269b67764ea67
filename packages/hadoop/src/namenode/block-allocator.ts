/** The NameNode's part in writing a file: making it, its blocks one by one, closing it, and what a pipeline needs when
 * a DataNode fails. Messages are the wire's own, for most of them go on to DataNodes unchanged. All calls are safe to
 * repeat by their ids. Source: ClientProtocol of hadoop-hdfs-client 3.4. */
import type { CreateOptions } from "../hdfs/client.ts";
import type {
  DatanodeInfoProto,
  ExtendedBlockProto,
  LocatedBlockProto,
} from "../proto/generated/block_pb.ts";
import type { FsServerDefaultsProto, HdfsFileStatusProto } from "../proto/generated/file_pb.ts";
import { CreateFlagProto } from "../proto/generated/write_calls_pb.ts";
import { CALLS, type NameNode } from "./name-node.ts";
import { present } from "./values.ts";

/** A file this client has open for writing. `fileId` is its inode, so that it is found after a rename too. */
export interface OpenedFile {
  readonly path: string;
  readonly fileId: bigint;
}

/** The DataNodes that hold a block being written, and their storages. */
export interface Pipeline {
  readonly nodes: readonly DatanodeInfoProto[];
  readonly storageIds: readonly string[];
}

/** Calls for a writer. */
export interface BlockAllocator {
  /** As the NameNode knows the writer; DataNodes are told it too. */
  readonly clientName: string;
  /** Fails with `alreadyExists`, `parentNotDirectory`, `encryptionZone`, `quotaExceeded`, … Missing ancestors are
   * made. What the options leave out is the NameNode's own default. */
  create(path: string, options: CreateOptions, cancel?: AbortSignal): Promise<HdfsFileStatusProto>;
  /** The file, and its last block when that is not full. Fails with `leaseConflict` while somebody writes it. */
  append(
    path: string,
    cancel?: AbortSignal,
  ): Promise<{ readonly status: HdfsFileStatusProto; readonly last: LocatedBlockProto | null }>;
  /** The next block and its DataNodes, in pipeline order. `previous` is the one before with its final length; that one
   * is committed by this. Fails with `diskFull`, `quotaExceeded`, and `leaseConflict`: for good when the lease is lost,
   * to be asked again while the exception is NotReplicatedYetException. */
  addBlock(
    file: OpenedFile,
    previous: ExtendedBlockProto | null,
    excluded: readonly DatanodeInfoProto[],
    cancel?: AbortSignal,
  ): Promise<LocatedBlockProto>;
  /** Gives back a block into which nothing was written. */
  abandonBlock(file: OpenedFile, block: ExtendedBlockProto, cancel?: AbortSignal): Promise<void>;
  /** `last` with its final length, null for an empty file. True when the file is closed; false while too few finished
   * replicas of its last block are reported: to be asked again. */
  complete(file: OpenedFile, last: ExtendedBlockProto | null, cancel?: AbortSignal): Promise<boolean>;
  /** One more DataNode for a pipeline that lost some: the block with `existing` and the new one. */
  getAdditionalDatanode(
    file: OpenedFile,
    block: ExtendedBlockProto,
    existing: Pipeline,
    excluded: readonly DatanodeInfoProto[],
    cancel?: AbortSignal,
  ): Promise<LocatedBlockProto>;
  /** The same block with a new generation stamp (and token), for a pipeline that is built anew. */
  updateBlockForPipeline(block: ExtendedBlockProto, cancel?: AbortSignal): Promise<LocatedBlockProto>;
  /** Tells that the block lives on with `renewed`'s stamp and length, at these DataNodes only. */
  updatePipeline(
    before: ExtendedBlockProto,
    renewed: ExtendedBlockProto,
    pipeline: Pipeline,
    cancel?: AbortSignal,
  ): Promise<void>;
  /** Makes the blocks of an open file, and with a length from 0 the length of its last one, outlive the NameNode. */
  fsync(file: OpenedFile, lastBlockLengthBytes: number, cancel?: AbortSignal): Promise<void>;
  /** Keeps the files that this client has open. */
  renewLease(cancel?: AbortSignal): Promise<void>;
  /** Ends a file whose writer is gone: the NameNode closes it with what its DataNodes have. True when it is closed
   * already, false while that goes on. */
  recoverLease(path: string, cancel?: AbortSignal): Promise<boolean>;
}

export function createBlockAllocator(nameNode: NameNode): BlockAllocator {
  const { clientName } = nameNode;
  let defaults: Promise<FsServerDefaultsProto> | null = null;

  /** Asked once: like Java's client, a writer sees changed defaults when it is made anew. */
  const serverDefaults = (): Promise<FsServerDefaultsProto> => {
    const read = (answer: {
      readonly serverDefaults?: FsServerDefaultsProto | undefined;
    }): FsServerDefaultsProto => present(answer.serverDefaults, "GetServerDefaultsResponse.serverDefaults");
    defaults ??= nameNode.ask(CALLS.getServerDefaults, "/", {}, read).catch((error: unknown) => {
      defaults = null;
      throw error;
    });
    return defaults;
  };

  return {
    clientName,
    async create(path, options, cancel) {
      const { permission, overwrite, replication, blockSizeBytes } = options;
      const isShaped = replication !== undefined && blockSizeBytes !== undefined;
      const shape = isShaped ? null : await serverDefaults();
      const request = {
        src: path,
        masked: { perm: permission },
        unmasked: { perm: permission },
        clientName,
        createFlag: CreateFlagProto.CREATE | (overwrite ? CreateFlagProto.OVERWRITE : 0),
        createParent: true,
        replication: replication ?? shape?.replication ?? 0,
        blockSize: blockSizeBytes === undefined ? (shape?.blockSize ?? 0n) : BigInt(blockSizeBytes),
      };
      return nameNode.ask(CALLS.create, path, request, ({ fs }) => present(fs, "CreateResponse.fs"), cancel);
    },

    append: (path, cancel) =>
      nameNode.ask(
        CALLS.append,
        path,
        { src: path, clientName },
        ({ block, stat }) => ({ status: present(stat, "AppendResponse.stat"), last: block ?? null }),
        cancel,
      ),

    async addBlock({ path, fileId }, previous, excluded, cancel) {
      const last = previous === null ? {} : { previous };
      const request = { src: path, clientName, fileId, excludeNodes: [...excluded], ...last };
      return nameNode.ask(CALLS.addBlock, path, request, located, cancel);
    },

    async abandonBlock({ path, fileId }, block, cancel) {
      await nameNode.tell(
        CALLS.abandonBlock,
        path,
        { b: block, src: path, holder: clientName, fileId },
        cancel,
      );
    },

    async complete({ path, fileId }, last, cancel) {
      const request = { src: path, clientName, fileId, ...(last === null ? {} : { last }) };
      return nameNode.ask(CALLS.complete, path, request, ({ result }) => result, cancel);
    },

    async getAdditionalDatanode({ path, fileId }, block, { nodes, storageIds }, excluded, cancel) {
      const request = {
        src: path,
        blk: block,
        existings: [...nodes],
        excludes: [...excluded],
        numAdditionalNodes: 1,
        clientName,
        existingStorageUuids: [...storageIds],
        fileId,
      };
      return nameNode.ask(CALLS.getAdditionalDatanode, path, request, located, cancel);
    },

    ...pipelineCalls(nameNode),

    async fsync({ path, fileId }, lastBlockLengthBytes, cancel) {
      const lastBlockLength = BigInt(lastBlockLengthBytes);
      await nameNode.tell(
        CALLS.fsync,
        path,
        { src: path, client: clientName, lastBlockLength, fileId },
        cancel,
      );
    },

    renewLease: (cancel) => nameNode.tell(CALLS.renewLease, "/", { clientName }, cancel),

    recoverLease: (path, cancel) =>
      nameNode.ask(CALLS.recoverLease, path, { src: path, clientName }, ({ result }) => result, cancel),
  };
}

/** These two know a block alone, no path. */
function pipelineCalls(
  nameNode: NameNode,
): Pick<BlockAllocator, "updateBlockForPipeline" | "updatePipeline"> {
  const { clientName } = nameNode;
  return {
    updateBlockForPipeline: (block, cancel) =>
      nameNode.ask(CALLS.updateBlockForPipeline, "/", { block, clientName }, located, cancel),

    async updatePipeline(before, renewed, { nodes, storageIds }, cancel) {
      const newNodes = nodes.map(({ id }) => present(id, "DatanodeInfo.id"));
      const request = {
        clientName,
        oldBlock: before,
        newBlock: renewed,
        newNodes,
        storageIDs: [...storageIds],
      };
      await nameNode.tell(CALLS.updatePipeline, "/", request, cancel);
    },
  };
}

function located({ block }: { readonly block?: LocatedBlockProto | undefined }): LocatedBlockProto {
  return present(block, "the located block");
}
