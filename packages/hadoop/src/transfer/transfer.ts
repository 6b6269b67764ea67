/** Files' contents: read and written block by block at the DataNodes that the NameNode names. */
import { HdfsError } from "../errors.ts";
import type { Body, CreateOptions, HdfsReading, HdfsWriting } from "../hdfs/client.ts";
import type { FileChecksum } from "../hdfs/cluster-info.ts";
import { toPolicy } from "../namenode/erasure-policy.ts";
import { createFileWriting } from "../namenode/file-writing.ts";
import { CALLS, type NameNode } from "../namenode/name-node.ts";
import { ChecksumTypeProto } from "../proto/generated/checksum_pb.ts";
import type { LocatedBlockProto } from "../proto/generated/block_pb.ts";
import type { FsServerDefaultsProto, HdfsFileStatusProto } from "../proto/generated/file_pb.ts";
import type { Protections } from "../rpc/identity.ts";
import type { Cryptography } from "../sasl/cryptography.ts";
import type { SaslWorld } from "../sasl/mechanism.ts";
import type { EncryptionKey } from "../sasl/tokens.ts";
import type { NativeWorld } from "../world.ts";
import { createBlockLocator, type DataNodeRpcOptions } from "./block-locator.ts";
import { createDataNodes, type DataNodesOptions, type Handshake } from "./data-nodes.ts";
import { createDeadNodes } from "./dead-nodes.ts";
import { createFileOutput, type FileOutput } from "./file-output.ts";
import { createHandshake } from "./handshake.ts";
import { fileChecksum } from "./file-checksum.ts";
import { readFile } from "./file-read.ts";
import { createLeases } from "./leases.ts";
import { createWatchdog } from "./watchdog.ts";

export interface TransferOptions extends DataNodesOptions {
  /** For the DataNodes' RPC ports. */
  readonly dataNodeRpc: DataNodeRpcOptions;
  /** How bytes are protected on their way to DataNodes; default not at all, and then a cluster that demands it refuses. */
  readonly security?: TransferSecurity | undefined;
}

/** What a cluster's configuration says of it. */
export interface TransferSecurity {
  readonly world: SaslWorld;
  /** `dfs.data.transfer.protection`; null when it is not set. A cluster that encrypts (`dfs.encrypt.data.transfer`)
   * says so itself. */
  readonly protections: Protections | null;
}

/** The parts of the client that move bytes, and streams for those who write piece by piece. */
export interface Transfer
  extends Pick<HdfsReading, "open" | "getFileChecksum">,
    Pick<HdfsWriting, "create" | "append"> {
  /** The CRC of the file's bytes, whatever its blocks (COMPOSITE_CRC). */
  getCompositeChecksum(path: string, cancel?: AbortSignal): Promise<FileChecksum>;
  /** A new file to write into; `close` ends it. */
  openNew(path: string, options: CreateOptions, cancel?: AbortSignal): Promise<OutputStream>;
  /** The end of an existing file to write to. */
  openEnd(path: string, cancel?: AbortSignal): Promise<OutputStream>;
  /** Ends idle connections and timers. */
  close(): void;
}

/** A file open for writing, whose lease is kept until `close` or `abandon`. */
export type OutputStream = Omit<FileOutput, "abandon"> & {
  /** Gives the file up: the NameNode closes it with what its DataNodes have. */
  abandon(): Promise<void>;
};

export function createTransfer(world: NativeWorld, nameNode: NameNode, options: TransferOptions): Transfer {
  const { clock } = world;
  const watchdog = createWatchdog(clock);
  const handshake = options.security && secured(nameNode, options.security, () => serverDefaults());
  const dataNodes = createDataNodes(world, watchdog, { handshake, ...options });
  const { clientName } = nameNode;
  const locator = createBlockLocator(world, nameNode, options.dataNodeRpc);
  const reading = { clock, nameNode: locator, dataNodes, deadNodes: createDeadNodes(clock), clientName };
  const writing = createFileWriting(world, nameNode);
  const leases = createLeases(clock, watchdog, async () => {
    await nameNode.ask(CALLS.renewLease, "/", { clientName });
  });
  let defaults: Promise<FsServerDefaultsProto> | null = null;

  const serverDefaults = (): Promise<FsServerDefaultsProto> => {
    defaults ??= askDefaults(nameNode).catch((error: unknown) => {
      defaults = null;
      throw error;
    });
    return defaults;
  };

  const output = async (
    path: string,
    status: HdfsFileStatusProto,
    last: LocatedBlockProto | null,
    bytesExpected: number | undefined,
    cancel: AbortSignal | undefined,
  ): Promise<OutputStream> => {
    const { bytesPerChecksum, checksumType } = await serverDefaults();
    const context = {
      clock,
      watchdog,
      dataNodes,
      nameNode: writing,
      clientName,
      file: { path, fileId: status.fileId },
      replication: status.blockReplication,
      blockSizeBytes: Number(status.blocksize),
      sums: dataNodes.sums(
        checksumType === ChecksumTypeProto.CHECKSUM_CRC32 ? "crc32" : "crc32c",
        bytesPerChecksum,
      ),
    };
    const release = leases.hold();
    const file = createFileOutput(context, { last, bytesExpected, cancel });
    return {
      ...file,
      async close() {
        await file.close();
        release();
      },
      async abandon() {
        file.abandon();
        release();
        await nameNode.ask(CALLS.recoverLease, path, { src: path, clientName });
      },
    };
  };

  const openNew = async (
    path: string,
    wanted: CreateOptions,
    bytesExpected: number | undefined,
    cancel: AbortSignal | undefined,
  ): Promise<OutputStream> => {
    const { blockSize, replication } = await serverDefaults();
    const shape = {
      permission: wanted.permission,
      overwrite: wanted.overwrite,
      replication: wanted.replication ?? replication,
      blockSizeBytes: wanted.blockSizeBytes === undefined ? blockSize : BigInt(wanted.blockSizeBytes),
    };
    const status = await writing.create(path, shape, cancel);
    const refusal = unwritable(path, status);
    if (refusal === null) return output(path, status, null, bytesExpected, cancel);
    await nameNode.ask(CALLS.delete, path, { src: path, recursive: false });
    throw refusal;
  };
  const openEnd = async (path: string, cancel: AbortSignal | undefined): Promise<OutputStream> => {
    const { lastBlock, status } = await writing.append(path, cancel);
    if (status === null)
      throw new HdfsError({
        code: "malformedAnswer",
        operation: "append",
        path,
        reason: "the answer has no file status",
      });
    const refusal = unwritable(path, status);
    if (refusal === null) return output(path, status, lastBlock, undefined, cancel);
    await nameNode.ask(CALLS.recoverLease, path, { src: path, clientName });
    throw refusal;
  };

  return {
    open: (path, range, cancel) => readFile(reading, path, range, cancel),
    getFileChecksum: (path, cancel) => fileChecksum(reading, hashing(world, path), path, "md5", cancel),
    getCompositeChecksum: (path, cancel) =>
      fileChecksum(reading, hashing(world, path), path, "composite", cancel),
    async create(path, body, wanted, cancel) {
      const expected = body instanceof Uint8Array ? body.length : undefined;
      return fill(await openNew(path, wanted, expected, cancel), body);
    },
    append: async (path, body, cancel) => fill(await openEnd(path, cancel), body),
    openNew: (path, wanted, cancel) => openNew(path, wanted, undefined, cancel),
    openEnd,
    close() {
      dataNodes.close();
      watchdog.close();
    },
  };
}

/** Writes all of it and closes the file; what the body throws gives the file up and is thrown on. */
async function fill(output: OutputStream, body: Body): Promise<number> {
  let count = 0;
  try {
    for await (const piece of body instanceof Uint8Array ? [body] : body) {
      await output.write(piece);
      count += piece.length;
    }
    await output.close();
    return count;
  } catch (error) {
    await output.abandon().catch(() => undefined);
    throw error;
  }
}

function hashing({ cryptography }: NativeWorld, path: string): Cryptography {
  if (cryptography !== undefined) return cryptography;
  const reason = "the client was made without cryptography, which checksums of files need";
  throw new HdfsError({ code: "unsupported", operation: "getFileChecksum", path, reason });
}

/** The handshake; the cluster's key is asked for once, and again when a DataNode does not know it. */
function secured(
  nameNode: NameNode,
  { world, protections }: TransferSecurity,
  serverDefaults: () => Promise<FsServerDefaultsProto>,
): Handshake {
  let key: Promise<EncryptionKey | null> | null = null;
  const forgetKey = (): void => {
    key = null;
  };
  const ask = async (): Promise<EncryptionKey | null> => {
    if (!(await serverDefaults()).encryptDataTransfer) return null;
    return (await nameNode.ask(CALLS.getDataEncryptionKey, "/", {})).dataEncryptionKey ?? null;
  };
  const encryptionKey = (): Promise<EncryptionKey | null> => {
    key ??= ask().catch((error: unknown) => {
      forgetKey();
      throw error;
    });
    return key;
  };
  return createHandshake({ world, protections, encryptionKey, forgetKey });
}

async function askDefaults(nameNode: NameNode): Promise<FsServerDefaultsProto> {
  const { serverDefaults } = await nameNode.ask(CALLS.getServerDefaults, "/", {});
  if (serverDefaults !== undefined) return serverDefaults;
  throw new HdfsError({
    code: "malformedAnswer",
    operation: "getServerDefaults",
    path: "/",
    reason: "the answer has no defaults",
  });
}

/** Plain bytes in a file that must be encrypted or striped would ruin it. */
function unwritable(path: string, { fileEncryptionInfo, ecPolicy }: HdfsFileStatusProto): HdfsError | null {
  const reason =
    fileEncryptionInfo !== undefined
      ? `it lies in an encryption zone (key "${fileEncryptionInfo.keyName}"), whose files this client does not write`
      : ecPolicy !== undefined
        ? `its directory is erasure-coded (${toPolicy(ecPolicy).name}), and this client does not write such files`
        : null;
  return reason === null ? null : new HdfsError({ code: "unsupported", operation: "WRITE", path, reason });
}
