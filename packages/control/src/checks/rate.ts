/** How fast a pair of clusters copies: measured from its last runs, else assumed. Pure. */

/** An amount of copying. */
export interface Work {
  readonly files: number;
  readonly bytes: number;
}

/** A run that was measured: from its moment to its sealed point. */
export interface MeasuredRun extends Work {
  readonly ms: number;
}

export interface Rate {
  readonly filesPerSecond: number;
  readonly bytesPerSecond: number;
  /** `assumed`: no run of the pair told yet. */
  readonly from: "measured" | "assumed";
  /** How many runs it was measured over. */
  readonly runs: number;
}

/** Small files a second, verified, as docs/PERFORMANCE.md has it for WebHDFS on a busy host, rounded down. */
export const ASSUMED_FILES_PER_SECOND = 80;
/** Bytes a second of large files, verified, from the same table, rounded down. */
export const ASSUMED_BYTES_PER_SECOND = 50 * 1024 * 1024;
/** Runs that a rate is measured over at most. */
export const MEASURED_RUNS_MAX = 5;
/** What a run moved must have been worth this at the assumed rate: less tells of the run's own steps, not of the link. */
export const MEASURED_WORK_MS_MIN = 500;

const ASSUMED: Rate = {
  filesPerSecond: ASSUMED_FILES_PER_SECOND,
  bytesPerSecond: ASSUMED_BYTES_PER_SECOND,
  from: "assumed",
  runs: 0,
};

/** @param runs newest first. One figure is measured, how far from the assumed rates the pair is: one run alone cannot part files from bytes. */
export function rateOf(runs: readonly MeasuredRun[]): Rate {
  const telling = runs
    .filter((run) => run.ms > 0 && durationMs(run, ASSUMED) >= MEASURED_WORK_MS_MIN)
    .slice(0, MEASURED_RUNS_MAX);
  if (telling.length === 0) return ASSUMED;
  const assumedMs = telling.reduce((sum, run) => sum + durationMs(run, ASSUMED), 0);
  const tookMs = telling.reduce((sum, { ms }) => sum + ms, 0);
  const factor = assumedMs / tookMs;
  return {
    filesPerSecond: ASSUMED_FILES_PER_SECOND * factor,
    bytesPerSecond: ASSUMED_BYTES_PER_SECOND * factor,
    from: "measured",
    runs: telling.length,
  };
}

/** How long so much takes: each file costs its time, and each byte. */
export function durationMs({ files, bytes }: Work, { filesPerSecond, bytesPerSecond }: Rate): number {
  return (files / filesPerSecond + bytes / bytesPerSecond) * 1000;
}
