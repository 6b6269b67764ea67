/** What is lost of a stripe, computed from what is left of it. Source: RSRawDecoder, XORRawDecoder, RSUtil
 * (genCauchyMatrix) of Hadoop 3.4.2. */
import type { ErasureCodingPolicy } from "../namenode/erasure-policy.ts";
import { addMultiple, inverse, inverseMatrix } from "./galois-field.ts";

/** How a block group is laid out and coded. */
export interface ErasureCode {
  readonly dataUnits: number;
  readonly parityUnits: number;
  readonly cellBytes: number;
  /** Computes the units `lost` (below `dataUnits`) from `dataUnits` others, `kept`, given as cells of one length in the
   * same order. Null when the code cannot. */
  rebuild(
    lost: readonly number[],
    kept: readonly number[],
    cells: readonly Uint8Array[],
  ): Uint8Array[] | null;
}

/** The code of a policy, or what is wrong with it. */
export function erasureCodeOf(policy: ErasureCodingPolicy): ErasureCode | string {
  const { name, codec, dataUnits, parityUnits, cellBytes } = policy;
  const shape = { dataUnits, parityUnits, cellBytes };
  if (dataUnits < 1 || parityUnits < 1 || dataUnits + parityUnits > UNITS_MAX) {
    return `policy ${name} has ${dataUnits} and ${parityUnits} units`;
  }
  if (cellBytes < 1 || cellBytes > CELL_BYTES_MAX) return `policy ${name} has cells of ${cellBytes} bytes`;
  if (codec === "xor")
    return { ...shape, rebuild: (_lost, kept, cells) => rebuildByXor(dataUnits, kept, cells) };
  if (codec === "rs") {
    return { ...shape, rebuild: (lost, kept, cells) => rebuildByReedSolomon(dataUnits, lost, kept, cells) };
  }
  return `policy ${name} uses the codec "${codec}"; rs and xor are known here`;
}

/** Internal blocks are told apart by four bits of the block id. */
const UNITS_MAX = 16;
/** Hadoop's policies have 1 MiB; so many cells of a stripe are in memory at once. */
const CELL_BYTES_MAX = 16 * 1024 * 1024;

/** One parity unit, the sum of all data units: one unit may be lost. */
function rebuildByXor(
  dataUnits: number,
  kept: readonly number[],
  cells: readonly Uint8Array[],
): Uint8Array[] | null {
  if (kept.length !== dataUnits) return null;
  const sum = new Uint8Array(cells[0]?.length ?? 0);
  for (const cell of cells) addMultiple(sum, 1, cell);
  return [sum];
}

function rebuildByReedSolomon(
  dataUnits: number,
  lost: readonly number[],
  kept: readonly number[],
  cells: readonly Uint8Array[],
): Uint8Array[] | null {
  const decoding = inverseMatrix(kept.map((unit) => encodingRow(unit, dataUnits)));
  if (decoding === null) return null;
  return lost.map((unit) => {
    const rebuilt = new Uint8Array(cells[0]?.length ?? 0);
    for (const [index, cell] of cells.entries()) addMultiple(rebuilt, decoding[unit]?.[index] ?? 0, cell);
    return rebuilt;
  });
}

/** How a unit is made of the data units: itself, or a row of Cauchy's matrix. */
function encodingRow(unit: number, dataUnits: number): number[] {
  return Array.from({ length: dataUnits }, (_, data) => {
    if (unit < dataUnits) return unit === data ? 1 : 0;
    return inverse(unit ^ data);
  });
}
