// What the contestants do: the same works, the same sizes.
export const WORKS = ["small-write", "small-read", "large-write", "large-read"] as const;
export type Work = (typeof WORKS)[number];

export const SMALL_BYTES = 4096;
export const CHUNK_BYTES = 1024 * 1024;

export interface Turn {
  readonly contestant: string;
  readonly work: Work;
  readonly seconds: number;
  readonly rate: number;
  readonly unit: string;
  readonly cpuSeconds: number;
  readonly peakRssMib: number;
}

/** The rate of one turn. */
export function workOf(work: Work, files: number, mib: number, seconds: number): Pick<Turn, "rate" | "unit"> {
  return work.startsWith("small")
    ? { rate: files / seconds, unit: "files/s" }
    : { rate: mib / seconds, unit: "MiB/s" };
}
