/** Files open for writing: made or taken up at the NameNode, their leases kept, given up when their writing fails. */
import { HdfsError } from "../errors.ts";
import type { CreateOptions } from "../hdfs/client.ts";
import { toPolicy } from "../namenode/erasure-policy.ts";
import type { FileShape, FileWriting } from "../namenode/file-writing.ts";
import { CALLS, type NameNode } from "../namenode/name-node.ts";
import type { LocatedBlockProto } from "../proto/generated/block_pb.ts";
import { ChecksumTypeProto } from "../proto/generated/checksum_pb.ts";
import type { FsServerDefaultsProto, HdfsFileStatusProto } from "../proto/generated/file_pb.ts";
import type { Clock } from "../world.ts";
import type { DataNodes } from "./data-nodes.ts";
import { createFileOutput, type FileOutput } from "./file-output.ts";
import { createLeases } from "./leases.ts";
import type { Watchdog } from "./watchdog.ts";

/** A file open for writing, whose lease is kept until `close` or `abandon`. */
export type OutputStream = Omit<FileOutput, "abandon"> & {
  /** Gives the file up: the NameNode closes it with what its DataNodes have. */
  abandon(): Promise<void>;
};

/** What they are made of. */
export interface OutputContext {
  readonly clock: Clock;
  readonly watchdog: Watchdog;
  readonly dataNodes: DataNodes;
  readonly writing: FileWriting;
  readonly nameNode: NameNode;
  readonly serverDefaults: () => Promise<FsServerDefaultsProto>;
}

/** Ways to open one. */
export interface OutputStreams {
  openNew(
    path: string,
    options: CreateOptions,
    bytesExpected: number | undefined,
    cancel: AbortSignal | undefined,
  ): Promise<OutputStream>;
  openEnd(path: string, cancel?: AbortSignal): Promise<OutputStream>;
}

/** One lease for all of them. */
export function createOutputStreams(context: OutputContext): OutputStreams {
  const { clock, watchdog, dataNodes, writing, nameNode, serverDefaults } = context;
  const { clientName } = nameNode;
  const leases = createLeases(clock, watchdog, async () => {
    await nameNode.ask(CALLS.renewLease, "/", { clientName });
  });
  const recoverLease = async (path: string): Promise<void> => {
    await nameNode.ask(CALLS.recoverLease, path, { src: path, clientName });
  };

  const output = async (
    path: string,
    status: HdfsFileStatusProto,
    last: LocatedBlockProto | null,
    bytesExpected: number | undefined,
    cancel: AbortSignal | undefined,
  ): Promise<OutputStream> => {
    const { bytesPerChecksum, checksumType } = await serverDefaults();
    const writer = {
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
    const file = createFileOutput(writer, { last, bytesExpected, cancel });
    return {
      ...file,
      async close() {
        await file.close();
        release();
      },
      async abandon() {
        file.abandon();
        release();
        await recoverLease(path);
      },
    };
  };

  const openNew = async (
    path: string,
    wanted: CreateOptions,
    bytesExpected: number | undefined,
    cancel: AbortSignal | undefined,
  ): Promise<OutputStream> => {
    const shape = shapeOf(wanted, await serverDefaults());
    const status = await writing.create(path, shape, cancel);
    const refusal = unwritable(path, status);
    if (refusal === null) return output(path, status, null, bytesExpected, cancel);
    await nameNode.ask(CALLS.delete, path, { src: path, recursive: false });
    throw refusal;
  };
  const openEnd = async (path: string, cancel: AbortSignal | undefined): Promise<OutputStream> => {
    const { lastBlock, status } = await writing.append(path, cancel);
    if (status === null) throw noStatus(path);
    const refusal = unwritable(path, status);
    if (refusal === null) return output(path, status, lastBlock, undefined, cancel);
    await recoverLease(path);
    throw refusal;
  };

  return { openNew, openEnd };
}

function noStatus(path: string): HdfsError {
  const reason = "the answer has no file status";
  return new HdfsError({ code: "malformedAnswer", operation: "append", path, reason });
}

/** Plain bytes in a file that must be encrypted or striped would ruin it. */
function unwritable(path: string, { fileEncryptionInfo, ecPolicy }: HdfsFileStatusProto): HdfsError | null {
  if (fileEncryptionInfo !== undefined) {
    const reason = `it lies in an encryption zone (key "${fileEncryptionInfo.keyName}"), whose files this client does not write`;
    return new HdfsError({ code: "encryptionZone", operation: "WRITE", path, reason });
  }
  if (ecPolicy === undefined) return null;
  const reason = `its directory is erasure-coded (${toPolicy(ecPolicy).name}), and this client does not write such files`;
  return new HdfsError({ code: "unsupported", operation: "WRITE", path, reason });
}

function shapeOf(
  { permission, overwrite, replication, blockSizeBytes }: CreateOptions,
  defaults: FsServerDefaultsProto,
): FileShape {
  return {
    permission,
    overwrite,
    replication: replication ?? defaults.replication,
    blockSizeBytes: blockSizeBytes === undefined ? defaults.blockSize : BigInt(blockSizeBytes),
  };
}
