/** Files' contents: read and written block by block at the DataNodes that the NameNode names. */
import { HdfsError } from "../errors.ts";
import type { Body, CreateOptions, HdfsReading, HdfsWriting } from "../hdfs/client.ts";
import type { FileChecksum } from "../hdfs/cluster-info.ts";
import { createFileWriting } from "../namenode/file-writing.ts";
import type { NameNode } from "../namenode/name-node.ts";
import type { Cryptography } from "../sasl/cryptography.ts";
import type { NativeWorld } from "../world.ts";
import { createBlockLocator, type DataNodeRpcOptions } from "./block-locator.ts";
import { createDataNodes, type DataNodesOptions } from "./data-nodes.ts";
import { createDeadNodes } from "./dead-nodes.ts";
import { fileChecksum } from "./file-checksum.ts";
import { readFile } from "./file-read.ts";
import { createOutputStreams, type OutputStream } from "./output-stream.ts";
import { securedBy, type TransferSecurity } from "./security.ts";
import { createServerDefaults } from "./server-defaults.ts";
import { createWatchdog } from "./watchdog.ts";

/** How bytes are moved. */
export interface TransferOptions extends DataNodesOptions {
  /** For the DataNodes' RPC ports. */
  readonly dataNodeRpc: DataNodeRpcOptions;
  /** How bytes are protected on their way to DataNodes; default not at all, and then a cluster that demands it refuses. */
  readonly security?: TransferSecurity | undefined;
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

/** See {@link Transfer}. Must be closed. */
export function createTransfer(world: NativeWorld, nameNode: NameNode, options: TransferOptions): Transfer {
  const { clock } = world;
  const watchdog = createWatchdog(clock);
  const serverDefaults = createServerDefaults(nameNode);
  const handshake = options.security && securedBy(nameNode, options.security, serverDefaults);
  const dataNodes = createDataNodes(world, watchdog, { handshake, ...options });
  const { clientName } = nameNode;
  const locator = createBlockLocator(world, nameNode, options.dataNodeRpc);
  const reading = { clock, nameNode: locator, dataNodes, deadNodes: createDeadNodes(clock), clientName };
  const writing = createFileWriting(world, nameNode);
  const outputs = createOutputStreams({ clock, watchdog, dataNodes, writing, nameNode, serverDefaults });

  return {
    open: (path, range, cancel) => readFile(reading, path, range, cancel),
    getFileChecksum: (path, cancel) => fileChecksum(reading, hashing(world, path), path, "md5", cancel),
    getCompositeChecksum: (path, cancel) =>
      fileChecksum(reading, hashing(world, path), path, "composite", cancel),
    async create(path, body, wanted, cancel) {
      const expected = body instanceof Uint8Array ? body.length : undefined;
      return fill(await outputs.openNew(path, wanted, expected, cancel), body);
    },
    append: async (path, body, cancel) => fill(await outputs.openEnd(path, cancel), body),
    openNew: (path, wanted, cancel) => outputs.openNew(path, wanted, undefined, cancel),
    openEnd: outputs.openEnd,
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
    // What the write failed with says more than what giving it up may fail with.
    await output.abandon().catch(() => undefined);
    throw error;
  }
}

function hashing({ cryptography }: NativeWorld, path: string): Cryptography {
  if (cryptography !== undefined) return cryptography;
  const reason = "the client was made without cryptography, which checksums of files need";
  throw new HdfsError({ code: "unsupported", operation: "getFileChecksum", path, reason });
}
