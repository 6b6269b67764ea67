/** A range of a file, block by block. A DataNode that fails is replaced by another one at the byte that was reached;
 * a replica that does not match its checksums is reported and left. Source: DFSInputStream of Hadoop 3.4.2. */
import { HdfsError } from "../errors.ts";
import type { ByteRange, ReadRange } from "../hdfs/client.ts";
import { toPolicy } from "../namenode/erasure-policy.ts";
import type { LocatedBlockProto, LocatedBlocksProto } from "../proto/generated/block_pb.ts";
import type { Clock } from "../world.ts";
import type { BlockLocator } from "./block-locator.ts";
import type { DataNodes } from "./data-nodes.ts";
import type { DeadNodes } from "./dead-nodes.ts";
import { blockOf, readReplicas } from "./replicas.ts";
import { readStripedGroup } from "./striped-read.ts";

/** What a read needs. */
export interface ReadContext {
  readonly clock: Clock;
  readonly nameNode: BlockLocator;
  readonly dataNodes: DataNodes;
  readonly deadNodes: DeadNodes;
  /** Told to DataNodes for their logs. */
  readonly clientName: string;
}

/** Blocks are asked for in parts of this size, so that the answer for a huge file stays small. */
export const LOOKUP_BYTES_MAX = 10 * 128 * 1024 * 1024;

/**
 * Exactly the range, verified. Fails with `invalidRange` when the file ends before the offset, `truncated` when it ends
 * before the range does, `blockMissing` when no replica of a block can be read, `encryptionZone` for a file in one.
 */
export async function* readFile(
  context: ReadContext,
  path: string,
  { offsetBytes, lengthBytes, lent }: ReadRange,
  cancel?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const end = offsetBytes + lengthBytes;
  let position = offsetBytes;
  while (position < end) {
    cancel?.throwIfAborted();
    const asked = { offsetBytes: position, lengthBytes: Math.min(end - position, LOOKUP_BYTES_MAX) };
    const located = await context.nameNode.getBlockLocations(path, asked, cancel);
    refuseEncrypted(located, path);
    const blocks = await withOpenBlock(context, path, located, position + asked.lengthBytes, cancel);
    const before = position;
    for (const found of blocks) {
      const start = Number(found.offset);
      const blockEnd = Math.min(start + Number(found.b?.numBytes ?? 0n), end);
      if (blockEnd <= position) continue;
      if (start > position) break;
      const read = { path, located: found, offsetBytes: position - start, lengthBytes: blockEnd - position };
      const bytes =
        located.ecPolicy === undefined
          ? readReplicas(context, { ...read, lent }, cancel)
          : readStripedGroup(context, { ...read, policy: toPolicy(located.ecPolicy) }, cancel);
      for await (const piece of bytes) {
        position += piece.length;
        yield piece;
      }
      // Blocks end where the next lookup begins.
      if (position >= before + asked.lengthBytes) break;
    }
    if (position === before) throw tooShort(path, { offsetBytes, lengthBytes }, position);
  }
}

/** Ciphertext is never taken for data. */
export function refuseEncrypted(
  { fileEncryptionInfo }: Pick<LocatedBlocksProto, "fileEncryptionInfo">,
  path: string,
): void {
  if (fileEncryptionInfo === undefined) return;
  throw new HdfsError({
    code: "encryptionZone",
    operation: "OPEN",
    path,
    reason: `the file lies in an encryption zone (key "${fileEncryptionInfo.keyName}"), whose files this client does not decrypt`,
  });
}

/** The blocks and, when the file is open and they do not reach `endBytes`, the one being written, as long as it may
 * be seen now. */
async function withOpenBlock(
  { nameNode }: ReadContext,
  path: string,
  located: LocatedBlocksProto,
  endBytes: number,
  cancel: AbortSignal | undefined,
): Promise<readonly LocatedBlockProto[]> {
  const { lastBlock, isLastBlockComplete, fileLength, blocks } = located;
  const block = lastBlock?.b;
  // Of an erasure-coded file readers see whole groups only.
  const isSeen = isLastBlockComplete || endBytes <= Number(fileLength) || located.ecPolicy !== undefined;
  if (isSeen || lastBlock === undefined || block === undefined) return blocks;
  const length = await visibleLength(nameNode, path, lastBlock, cancel);
  const others = blocks.filter(({ b }) => b?.blockId !== block.blockId);
  return length === 0 ? others : [...others, { ...lastBlock, b: { ...block, numBytes: BigInt(length) } }];
}

/** The first DataNode that answers decides; one that does not know the block yet counts as none. */
async function visibleLength(
  nameNode: BlockLocator,
  path: string,
  located: LocatedBlockProto,
  cancel: AbortSignal | undefined,
): Promise<number> {
  const { block, token } = blockOf(located);
  let failure: HdfsError | null = null;
  for (const node of located.locs) {
    try {
      return await nameNode.getReplicaVisibleLength(path, node, block, token, cancel);
    } catch (error) {
      cancel?.throwIfAborted();
      if (error instanceof HdfsError && error.javaClass?.endsWith("ReplicaNotFoundException")) return 0;
      if (!(error instanceof HdfsError)) throw error;
      failure = error;
    }
  }
  if (failure !== null) throw failure;
  return 0;
}

function tooShort(path: string, { offsetBytes, lengthBytes }: ByteRange, endBytes: number): HdfsError {
  const range = `${lengthBytes} bytes from ${offsetBytes}`;
  return endBytes === offsetBytes
    ? new HdfsError({
        code: "invalidRange",
        operation: "OPEN",
        path,
        reason: `the file ends before the first of ${range}`,
      })
    : new HdfsError({
        code: "truncated",
        operation: "OPEN",
        path,
        reason: `the file ends at ${endBytes}; ${range} were asked for`,
      });
}
