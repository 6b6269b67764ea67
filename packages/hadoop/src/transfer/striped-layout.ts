/** Where the bytes of an erasure-coded block group lie: cell after cell, in turn over its data blocks. Source:
 * StripedBlockUtil of Hadoop 3.4.2. */

/** The numbers of a group's layout. */
export interface StripedLayout {
  readonly dataUnits: number;
  readonly cellBytes: number;
  /** Of the group's data. */
  readonly groupBytes: number;
}

/** How long an internal block is; parity blocks (from `dataUnits` on) are as long as the first one. */
export function internalBytes({ dataUnits, cellBytes, groupBytes }: StripedLayout, unit: number): number {
  const stripeBytes = dataUnits * cellBytes;
  const wholeStripes = Math.floor(groupBytes / stripeBytes);
  const rest = groupBytes - wholeStripes * stripeBytes;
  const place = unit < dataUnits ? unit : 0;
  return wholeStripes * cellBytes + Math.min(cellBytes, Math.max(0, rest - place * cellBytes));
}

/** Where bytes of the group that lie together in one cell are. */
export interface CellPart {
  readonly unit: number;
  /** In the internal block. */
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/** The part of one cell that begins at `position` of the group, no longer than to `end`. */
export function cellPartAt({ dataUnits, cellBytes }: StripedLayout, position: number, end: number): CellPart {
  const cell = Math.floor(position / cellBytes);
  const inCell = position - cell * cellBytes;
  return {
    unit: cell % dataUnits,
    offsetBytes: Math.floor(cell / dataUnits) * cellBytes + inCell,
    lengthBytes: Math.min(cellBytes - inCell, end - position),
  };
}

/** The bytes of one internal data block that a range of the group takes, which lie together; null when none. */
export function internalRange(
  layout: StripedLayout,
  unit: number,
  start: number,
  end: number,
): { readonly offsetBytes: number; readonly lengthBytes: number } | null {
  const from = before(layout, unit, start);
  const to = before(layout, unit, end);
  return to > from ? { offsetBytes: from, lengthBytes: to - from } : null;
}

/** How many bytes of the unit lie before `position` of the group. */
function before({ dataUnits, cellBytes }: StripedLayout, unit: number, position: number): number {
  const stripeBytes = dataUnits * cellBytes;
  const stripes = Math.floor(position / stripeBytes);
  const rest = position - stripes * stripeBytes;
  return stripes * cellBytes + Math.min(cellBytes, Math.max(0, rest - unit * cellBytes));
}
