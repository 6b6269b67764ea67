/** A part of one block, from whichever of its replicas can give it. */
import { create } from "@bufbuild/protobuf";
import { HdfsError } from "../errors.ts";
import {
  type DatanodeInfoProto,
  type ExtendedBlockProto,
  type LocatedBlockProto,
  LocatedBlockProtoSchema,
} from "../proto/generated/block_pb.ts";
import { readBlock } from "./block-read.ts";
import { TransferFault } from "./fault.ts";
import type { ReadContext } from "./file-read.ts";

export interface ReplicaRead {
  readonly path: string;
  readonly located: LocatedBlockProto;
  /** In the block. */
  readonly offsetBytes: number;
  /** From 1; the block must be that long. */
  readonly lengthBytes: number;
  /** As of a ReadRange. */
  readonly lent?: boolean | undefined;
}

/** How often the NameNode is asked again for replicas when none could be read, and how long is waited before. */
export const ROUNDS_MAX = 3;
/** Before the NameNode is asked a second time. */
export const ROUND_PAUSE_MS = 500;

/** Exactly the part, or `blockMissing` that names the block and what each DataNode said. */
export async function* readReplicas(
  context: ReadContext,
  read: ReplicaRead,
  cancel?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const end = read.offsetBytes + read.lengthBytes;
  const attempt = { ...read, failures: new Map<string, string>(), corrupt: new Set<string>(), rounds: 0 };
  let { located } = read;
  let position = read.offsetBytes;
  while (position < end) {
    const node = choose(context, located, attempt);
    if (node === null) {
      located = await locateAgain(context, attempt, located, cancel);
      continue;
    }
    try {
      const { block, token } = blockOf(located);
      const request = {
        node: idOf(node),
        block,
        token,
        clientName: context.clientName,
        offsetBytes: position,
        lengthBytes: end - position,
        lent: read.lent,
      };
      for await (const pieces of readBlock(context.dataNodes, request, cancel)) {
        for (const piece of pieces) {
          position += piece.length;
          yield piece;
        }
      }
    } catch (error) {
      cancel?.throwIfAborted();
      if (!(error instanceof TransferFault)) throw error;
      await blame(context, attempt, located, node, error);
    }
  }
}

interface Attempt extends ReplicaRead {
  /** What each DataNode said, by its uuid; they are asked again in the next round. */
  readonly failures: Map<string, string>;
  /** DataNodes whose replica is corrupt; they are not asked again. */
  readonly corrupt: Set<string>;
  rounds: number;
}

/** The nearest one that has not failed, those last that failed others. */
function choose(
  { deadNodes }: ReadContext,
  { locs }: LocatedBlockProto,
  attempt: Attempt,
): DatanodeInfoProto | null {
  const left = locs.filter((node) => !attempt.failures.has(idOf(node).datanodeUuid));
  return left.find((node) => !deadNodes.has(idOf(node).datanodeUuid)) ?? left[0] ?? null;
}

async function blame(
  context: ReadContext,
  attempt: Attempt,
  located: LocatedBlockProto,
  node: DatanodeInfoProto,
  fault: TransferFault,
): Promise<void> {
  const { datanodeUuid: uuid } = idOf(node);
  attempt.failures.set(uuid, `${context.dataNodes.addressOf(idOf(node))}: ${fault.message}`);
  if (fault.kind === "checksum") {
    attempt.corrupt.add(uuid);
    const reported = await reportCorrupt(context, attempt.path, located, node);
    if (!reported) attempt.failures.set(uuid, `${attempt.failures.get(uuid)} (not reported)`);
  } else if (fault.kind !== "token" && fault.kind !== "refused") context.deadNodes.mark(uuid);
}

/** Tells the NameNode of a replica that does not match its checksums. False when that failed: the read goes on all the
 * same. */
export async function reportCorrupt(
  { nameNode }: ReadContext,
  path: string,
  located: LocatedBlockProto,
  node: DatanodeInfoProto,
): Promise<boolean> {
  const { b, blockToken, offset } = located;
  const fields = { offset, corrupt: false, locs: [node], ...(b && { b }), ...(blockToken && { blockToken }) };
  try {
    await nameNode.reportBadBlocks(path, [create(LocatedBlockProtoSchema, fields)]);
    return true;
  } catch (error) {
    if (error instanceof HdfsError) return false;
    throw error;
  }
}

/** Replicas as the NameNode knows them now, and all but the corrupt ones get another chance. */
async function locateAgain(
  { clock, nameNode }: ReadContext,
  attempt: Attempt,
  located: LocatedBlockProto,
  cancel: AbortSignal | undefined,
): Promise<LocatedBlockProto> {
  const { block } = blockOf(located);
  const said = [...attempt.failures.values()];
  attempt.rounds += 1;
  if (attempt.rounds > ROUNDS_MAX) throw missing(attempt, block, located, said);
  if (attempt.rounds > 1) await clock.sleep(ROUND_PAUSE_MS, cancel);
  const range = { offsetBytes: Number(located.offset), lengthBytes: 1 };
  const { blocks, lastBlock } = await nameNode.getBlockLocations(attempt.path, range, cancel);
  const again = [...blocks, ...(lastBlock === undefined ? [] : [lastBlock])].find(
    ({ b }) => b?.blockId === block.blockId,
  );
  const left = again?.locs.some((node) => !attempt.corrupt.has(idOf(node).datanodeUuid)) === true;
  if (again?.b === undefined || !left) throw missing(attempt, block, again ?? located, said);
  for (const uuid of attempt.failures.keys()) if (!attempt.corrupt.has(uuid)) attempt.failures.delete(uuid);
  return { ...again, b: { ...again.b, numBytes: block.numBytes } };
}

function missing(
  attempt: Attempt,
  block: ExtendedBlockProto,
  located: LocatedBlockProto,
  said: readonly string[],
): HdfsError {
  const name = `block blk_${block.blockId}_${block.generationStamp} of ${block.poolId}`;
  const why =
    located.locs.length === 0
      ? located.corrupt
        ? "every replica is corrupt"
        : "no DataNode has a replica"
      : `no replica can be read: ${said.join("; ")}`;
  return new HdfsError({
    code: "blockMissing",
    operation: "OPEN",
    path: attempt.path,
    reason: `${name}: ${why}`,
  });
}

/** A located block's required parts, which the decoder has seen. */
export function blockOf({ b, blockToken }: LocatedBlockProto): {
  readonly block: ExtendedBlockProto;
  readonly token: NonNullable<LocatedBlockProto["blockToken"]>;
} {
  if (b === undefined || blockToken === undefined)
    throw new TypeError("a located block without block or token");
  return { block: b, token: blockToken };
}

/** A DataNode's id, which the decoder has seen. */
export function idOf({ id }: DatanodeInfoProto): NonNullable<DatanodeInfoProto["id"]> {
  if (id === undefined) throw new TypeError("a DataNode without its id");
  return id;
}
