/** A part of an erasure-coded block group. While its data blocks can be read they are, all at once; from where one is
 * lost on, every stripe is read from as many other blocks as it takes, and what is lost is computed. Source:
 * DFSStripedInputStream, StripeReader of Hadoop 3.4.2. */
import { HdfsError } from "../errors.ts";
import type {
  DatanodeInfoProto,
  ExtendedBlockProto,
  LocatedBlockProto,
} from "../proto/generated/block_pb.ts";
import type { ErasureCodingPolicy } from "../namenode/erasure-policy.ts";
import { readBlock } from "./block-read.ts";
import { type ErasureCode, erasureCodeOf } from "./erasure-code.ts";
import { TransferFault } from "./fault.ts";
import type { ReadContext } from "./file-read.ts";
import { createPieces, type Pieces } from "./pieces.ts";
import { blockOf, idOf, type ReplicaRead, reportCorrupt } from "./replicas.ts";
import { cellPartAt, internalBytes, internalRange, type StripedLayout } from "./striped-layout.ts";

/** A part of one block group. */
export interface StripedRead extends ReplicaRead {
  readonly policy: ErasureCodingPolicy;
}

/** Exactly the part, or `blockMissing` that names the group and what each DataNode said; `unsupported` for a codec
 * that is not known here. */
export async function* readStripedGroup(
  context: ReadContext,
  read: StripedRead,
  cancel?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const code = erasureCodeOf(read.policy);
  if (typeof code === "string") throw failed(read, "unsupported", code);
  const group: Group = {
    context,
    read,
    code,
    layout: layoutOf(read, code),
    units: unitsOf(read.located),
    said: [],
    cancel,
  };
  const end = read.offsetBytes + read.lengthBytes;
  let position = read.offsetBytes;
  while (position < end) {
    const whole = Array.from({ length: code.dataUnits }, (_, unit) => unit).every((unit) => {
      return group.units.has(unit) || internalRange(group.layout, unit, position, end) === null;
    });
    try {
      for await (const piece of whole ? plain(group, position, end) : rebuilt(group, position, end)) {
        position += piece.length;
        yield piece;
      }
    } catch (error) {
      cancel?.throwIfAborted();
      if (!(error instanceof UnitFault)) throw error;
      await lose(group, error);
    }
  }
}

/** What is known of the group; units that fail leave it. */
interface Group {
  readonly context: ReadContext;
  readonly read: StripedRead;
  readonly code: ErasureCode;
  readonly layout: StripedLayout;
  readonly units: Map<number, Unit>;
  readonly said: string[];
  readonly cancel: AbortSignal | undefined;
}

/** One internal block and where it is. */
interface Unit {
  readonly node: DatanodeInfoProto;
  readonly block: ExtendedBlockProto;
  readonly token: ReturnType<typeof blockOf>["token"];
}

/** A fault of one unit. */
class UnitFault extends Error {
  readonly unit: number;
  readonly fault: TransferFault;

  constructor(unit: number, fault: TransferFault) {
    super(fault.message, { cause: fault });
    this.unit = unit;
    this.fault = fault;
  }
}

function layoutOf({ located }: StripedRead, { dataUnits, cellBytes }: ErasureCode): StripedLayout {
  return { dataUnits, cellBytes, groupBytes: Number(blockOf(located).block.numBytes) };
}

function unitsOf(located: LocatedBlockProto): Map<number, Unit> {
  const { block, token } = blockOf(located);
  const units = new Map<number, Unit>();
  for (const [place, unit] of located.blockIndices.entries()) {
    const node = located.locs[place];
    if (node === undefined || units.has(unit)) continue;
    const own = { ...block, blockId: block.blockId + BigInt(unit) };
    units.set(unit, { node, block: own, token: located.blockTokens[place] ?? token });
  }
  return units;
}

async function* plain(group: Group, start: number, end: number): AsyncGenerator<Uint8Array> {
  const readers = new Map<number, Pieces>();
  try {
    for (let unit = 0; unit < group.code.dataUnits; unit++) {
      const range = internalRange(group.layout, unit, start, end);
      if (range !== null) readers.set(unit, unitPieces(group, unit, range.offsetBytes, range.lengthBytes));
    }
    for (let position = start; position < end; ) {
      const part = cellPartAt(group.layout, position, end);
      const reader = readers.get(part.unit) as Pieces;
      for (let left = part.lengthBytes; left > 0; ) {
        const piece = await reader.next(left);
        left -= piece.length;
        yield piece;
      }
      position += part.lengthBytes;
    }
  } finally {
    await Promise.all([...readers.values()].map((reader) => reader.close()));
  }
}

/** Stripe by stripe; a stripe's cells are in memory together. */
async function* rebuilt(group: Group, start: number, end: number): AsyncGenerator<Uint8Array> {
  const { code, layout } = group;
  const kept = keptUnits(group);
  const stripeBytes = code.dataUnits * code.cellBytes;
  const firstStripe = Math.floor(start / stripeBytes);
  const readers = kept.map((unit) => {
    const offset = firstStripe * code.cellBytes;
    return unitPieces(group, unit, offset, Math.max(0, internalBytes(layout, unit) - offset));
  });
  try {
    for (let stripe = firstStripe; stripe * stripeBytes < end; stripe++) {
      // The first cell is the longest of the last stripe; shorter ones were coded with zeros behind them.
      const bytes = Math.min(code.cellBytes, internalBytes(layout, 0) - stripe * code.cellBytes);
      const cells = await Promise.all(
        kept.map((unit, index) =>
          readCell(readers[index] as Pieces, cellBytesOf(layout, unit, stripe), bytes),
        ),
      );
      const data = dataCells(group, kept, cells);
      const stripeEnd = Math.min(end, (stripe + 1) * stripeBytes);
      for (let position = Math.max(start, stripe * stripeBytes); position < stripeEnd; ) {
        const { unit, offsetBytes, lengthBytes } = cellPartAt(layout, position, stripeEnd);
        const inCell = offsetBytes - stripe * code.cellBytes;
        yield (data[unit] as Uint8Array).subarray(inCell, inCell + lengthBytes);
        position += lengthBytes;
      }
    }
  } finally {
    await Promise.all(readers.map((reader) => reader.close()));
  }
}

/** As many units as it takes, data before parity; those that have no bytes at all need no DataNode. */
function keptUnits({ units, code, layout, read, said }: Group): number[] {
  const all = Array.from({ length: code.dataUnits + code.parityUnits }, (_, unit) => unit);
  const kept = all
    .filter((unit) => units.has(unit) || internalBytes(layout, unit) === 0)
    .slice(0, code.dataUnits);
  if (kept.length === code.dataUnits) return kept;
  const { block } = blockOf(read.located);
  const name = `block group blk_${block.blockId}_${block.generationStamp} of ${block.poolId}`;
  const why = said.length === 0 ? "" : `: ${said.join("; ")}`;
  throw failed(
    read,
    "blockMissing",
    `${name}: only ${kept.length} of ${code.dataUnits} blocks needed can be read${why}`,
  );
}

function cellBytesOf(layout: StripedLayout, unit: number, stripe: number): number {
  return Math.min(layout.cellBytes, Math.max(0, internalBytes(layout, unit) - stripe * layout.cellBytes));
}

async function readCell(reader: Pieces, lengthBytes: number, cellBytes: number): Promise<Uint8Array> {
  const cell = new Uint8Array(cellBytes);
  for (let at = 0; at < lengthBytes; ) {
    const piece = await reader.next(lengthBytes - at);
    cell.set(piece, at);
    at += piece.length;
  }
  return cell;
}

/** By unit: those that were read, and those that are computed. */
function dataCells(
  { code, read }: Group,
  kept: readonly number[],
  cells: readonly Uint8Array[],
): Uint8Array[] {
  const data = new Array<Uint8Array>(code.dataUnits);
  for (const [index, unit] of kept.entries())
    if (unit < code.dataUnits) data[unit] = cells[index] as Uint8Array;
  const lost = Array.from({ length: code.dataUnits }, (_, unit) => unit).filter(
    (unit) => !kept.includes(unit),
  );
  const found = code.rebuild(lost, kept, cells);
  if (found === null)
    throw failed(read, "blockMissing", "what is lost of the block group cannot be computed");
  for (const [index, unit] of lost.entries()) data[unit] = found[index] as Uint8Array;
  return data;
}

/** A part of one internal block, piece by piece. */
function unitPieces(
  { context, units, cancel }: Group,
  unit: number,
  offsetBytes: number,
  lengthBytes: number,
): Pieces {
  const source = units.get(unit);
  async function* packets(): AsyncGenerator<Uint8Array[]> {
    if (lengthBytes === 0 || source === undefined) return;
    const { node, block, token } = source;
    try {
      yield* readBlock(
        context.dataNodes,
        { node: idOf(node), block, token, clientName: context.clientName, offsetBytes, lengthBytes },
        cancel,
      );
    } catch (error) {
      throw error instanceof TransferFault ? new UnitFault(unit, error) : error;
    }
  }
  return createPieces(packets());
}

async function lose({ context, read, units, said }: Group, { unit, fault }: UnitFault): Promise<void> {
  const lost = units.get(unit);
  units.delete(unit);
  if (lost === undefined) return;
  said.push(`${context.dataNodes.addressOf(idOf(lost.node))} ${fault.message}`);
  if (fault.kind === "checksum")
    await reportCorrupt(context, read.path, { ...read.located, b: lost.block }, lost.node);
}

function failed({ path }: StripedRead, code: "unsupported" | "blockMissing", reason: string): HdfsError {
  return new HdfsError({ code, operation: "OPEN", path, reason });
}
