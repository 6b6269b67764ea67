/** The first run of a service, estimated: what is copied, the space it takes on the secondary, how long it lasts. Pure. */
import { FILES_IN_FLIGHT_MAX } from "@coeval/contract/wire/transfer";
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
    /** What HDFS sets aside besides while so many files are being written: a whole block for each replica of each. */
    readonly setAsideBytes: { readonly one: number; readonly most: number };
    readonly durationMs: number;
  };
  readonly freeBytes: number | null;
  readonly rate: Rate;
}

/** The secondary keeps so much free, as its agent does when it opens a run. */
export const RESERVE_BYTES = 64 * 1024 * 1024;
/** Beyond this share of the free space the copy is warned of. */
export const FILLING_SHARE = 0.8;

/** Of a primary that does not tell its own: HDFS's default. */
const BLOCK_SIZE_BYTES = 128 * 1024 * 1024;

export interface EstimateInputs {
  readonly sizes: readonly SetSize[];
  readonly blockSizeBytes: number | null;
  /** Names of data sets that the last point holds already. */
  readonly held: ReadonlySet<string>;
  readonly room: Room | null;
  readonly rate: Rate;
}

export function estimateOf({ sizes, blockSizeBytes, held, room, rate }: EstimateInputs): Estimate {
  const copied = sizes.filter(({ set }) => !held.has(set));
  const sum = (of: (size: SetSize) => number) => copied.reduce((total, size) => total + of(size), 0);
  const [files, bytes] = [sum((size) => size.files), sum((size) => size.bytes)];
  const allReplicas = sum((size) => size.spaceBytes);
  // A file has no more replicas than there are DataNodes.
  const dataNodes = room?.dataNodes ?? null;
  const most = dataNodes === null ? allReplicas : bytes * dataNodes;
  const neededBytes = Math.min(allReplicas, most);
  const replicas = bytes === 0 ? 1 : Math.ceil(neededBytes / bytes);
  const one = (blockSizeBytes ?? BLOCK_SIZE_BYTES) * replicas;
  return {
    sets: sizes,
    copies: {
      sets: copied.map(({ set }) => set),
      files,
      directories: sum((size) => size.directories),
      bytes,
      neededBytes,
      setAsideBytes: { one, most: one * Math.min(files, FILES_IN_FLIGHT_MAX) },
      durationMs: durationMs({ files, bytes }, rate),
    },
    freeBytes: room?.remainingBytes ?? null,
    rate,
  };
}

/** What the space on the secondary says of it. */
export function spaceFindings(secondary: string, { copies, freeBytes }: Estimate): Finding[] {
  const { neededBytes, setAsideBytes, bytes, files } = copies;
  if (freeBytes === null) {
    const text = `${secondary} does not tell its free space; the copy takes ${byteText(neededBytes)}`;
    return [{ set: null, level: "warns", code: "space-unknown", text }];
  }
  if (bytes === 0) return [];
  const figures = `${neededBytes} bytes (${byteText(neededBytes)}) on the disks for ${byteText(bytes)} of content, all replicas counted; ${secondary} has ${freeBytes} bytes (${byteText(freeBytes)}) free`;
  const leftBytes = freeBytes - neededBytes - RESERVE_BYTES;
  if (leftBytes < setAsideBytes.one) {
    const text = `the copy does not fit: it takes ${figures}, of which ${byteText(RESERVE_BYTES)} stay free and ${byteText(setAsideBytes.one)} are set aside for a file being written`;
    return [{ set: null, level: "blocks", code: "secondary-full", text }];
  }
  if (leftBytes < setAsideBytes.most) {
    const text = `writes may be refused: HDFS sets a whole block aside for each file being written, ${byteText(setAsideBytes.most)} for ${Math.min(files, FILES_IN_FLIGHT_MAX)} at a time; the copy takes ${figures}`;
    return [{ set: null, level: "warns", code: "space-scarce", text }];
  }
  if (neededBytes > freeBytes * FILLING_SHARE) {
    const text = `the copy takes more than ${FILLING_SHARE * 100} % of the free space: ${figures}`;
    return [{ set: null, level: "warns", code: "space-scarce", text }];
  }
  return [];
}

/** Services that are checked together take their room together: what does not fit is told at each of them. */
export function togetherFinding(secondary: string, estimates: readonly Estimate[]): Finding | null {
  const free = estimates.map(({ freeBytes }) => freeBytes).filter((bytes) => bytes !== null);
  const neededBytes = estimates.reduce((sum, { copies }) => sum + copies.neededBytes, 0);
  const leastFree = Math.min(...free);
  if (estimates.length < 2 || free.length === 0 || neededBytes + RESERVE_BYTES <= leastFree) return null;
  const text = `the ${estimates.length} services do not fit together: they take ${neededBytes} bytes (${byteText(neededBytes)}) on the disks, all replicas counted; ${secondary} has ${leastFree} bytes (${byteText(leastFree)}) free`;
  return { set: null, level: "blocks", code: "secondary-full", text };
}
