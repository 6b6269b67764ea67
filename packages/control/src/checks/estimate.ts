/** The first run of a service, estimated: what is copied, the space it takes on the secondary, how long it lasts. Pure. */
import { byteText } from "@coeval/core/model/byte-text";
import type { Finding, SetSize } from "@coeval/core/ports/source";
import { durationMs, type Rate } from "./rate.ts";

/** Room on the secondary, as its agent told. */
export interface Room {
  readonly capacityBytes: number | null;
  readonly remainingBytes: number | null;
  readonly dataNodes: number | null;
}

export interface Estimate {
  /** Of every data set that could be measured. */
  readonly sets: readonly SetSize[];
  /** What the next run copies in full: data sets that the last point does not hold. */
  readonly copies: {
    readonly sets: readonly string[];
    readonly files: number;
    readonly directories: number;
    readonly bytes: number;
    /** On the secondary's disks, every replica counted. */
    readonly neededBytes: number;
    readonly durationMs: number;
  };
  readonly freeBytes: number | null;
  readonly rate: Rate;
}

/** The secondary keeps so much free, as its agent does when it opens a run. */
export const RESERVE_BYTES = 64 * 1024 * 1024;
/** Beyond this share of the free space the copy is warned of. */
export const FILLING_SHARE = 0.8;

export interface EstimateInputs {
  readonly sizes: readonly SetSize[];
  /** Names of data sets that the last point holds already. */
  readonly held: ReadonlySet<string>;
  readonly room: Room | null;
  readonly rate: Rate;
}

export function estimateOf({ sizes, held, room, rate }: EstimateInputs): Estimate {
  const copied = sizes.filter(({ set }) => !held.has(set));
  const sum = (of: (size: SetSize) => number) => copied.reduce((total, size) => total + of(size), 0);
  const [files, bytes] = [sum((size) => size.files), sum((size) => size.bytes)];
  const allReplicas = sum((size) => size.spaceBytes);
  // A file has no more replicas than there are DataNodes.
  const dataNodes = room?.dataNodes ?? null;
  const most = dataNodes === null ? allReplicas : bytes * dataNodes;
  return {
    sets: sizes,
    copies: {
      sets: copied.map(({ set }) => set),
      files,
      directories: sum((size) => size.directories),
      bytes,
      neededBytes: Math.min(allReplicas, most),
      durationMs: durationMs({ files, bytes }, rate),
    },
    freeBytes: room?.remainingBytes ?? null,
    rate,
  };
}

/** What the space on the secondary says of it. */
export function spaceFindings(secondary: string, { copies, freeBytes }: Estimate): Finding[] {
  const { neededBytes, bytes } = copies;
  if (freeBytes === null) {
    const text = `${secondary} does not tell its free space; the copy takes ${byteText(neededBytes)}`;
    return [{ set: null, level: "warns", code: "space-unknown", text }];
  }
  const figures = `${neededBytes} bytes (${byteText(neededBytes)}) on the disks for ${byteText(bytes)} of content, all replicas counted; ${secondary} has ${freeBytes} bytes (${byteText(freeBytes)}) free`;
  if (neededBytes > 0 && neededBytes + RESERVE_BYTES > freeBytes) {
    const text = `the copy does not fit: it takes ${figures}, of which ${byteText(RESERVE_BYTES)} stay free`;
    return [{ set: null, level: "blocks", code: "secondary-full", text }];
  }
  if (neededBytes > freeBytes * FILLING_SHARE) {
    const text = `the copy takes more than ${FILLING_SHARE * 100} % of the free space: ${figures}`;
    return [{ set: null, level: "warns", code: "space-scarce", text }];
  }
  return [];
}
