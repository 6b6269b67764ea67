/** Progress of one step, reported at a bounded rate. */
import type { Clock } from "@coeval/core/ports/clock";
import type { Progress, Report } from "@coeval/core/protect/instruction";

/** Between two reports at least. */
const REPORT_EVERY_MS = 500;

export interface Meter {
  /** What is being done now; counts begin again. */
  start(doing: string, filesTotal: number | null, bytesTotal: number | null): void;
  count(files: number, bytes: number): void;
  readonly filesDone: number;
  readonly bytesDone: number;
}

/** What the wire takes. */
const DOING_LENGTH_MAX = 200;

/** Nothing moves, and why: cut where that is too long. */
export function standingStill(why: string): Report {
  const doing = why.length <= DOING_LENGTH_MAX ? why : `${why.slice(0, DOING_LENGTH_MAX - 1)}…`;
  return {
    kind: "progress",
    progress: { doing, filesDone: 0, filesTotal: null, bytesDone: 0, bytesTotal: null },
  };
}

export function createMeter(clock: Clock, report: (report: Report) => void): Meter {
  let progress: Progress = {
    doing: "starting",
    filesDone: 0,
    filesTotal: null,
    bytesDone: 0,
    bytesTotal: null,
  };
  let reportedAtMs = Number.NEGATIVE_INFINITY;
  const tell = (always: boolean): void => {
    const now = clock.elapsedMs();
    if (!always && now - reportedAtMs < REPORT_EVERY_MS) return;
    reportedAtMs = now;
    report({ kind: "progress", progress });
  };
  return {
    start(doing, filesTotal, bytesTotal) {
      progress = { doing, filesDone: 0, filesTotal, bytesDone: 0, bytesTotal };
      tell(true);
    },
    count(files, bytes) {
      progress = {
        ...progress,
        filesDone: progress.filesDone + files,
        bytesDone: progress.bytesDone + bytes,
      };
      tell(progress.filesDone === progress.filesTotal);
    },
    get filesDone() {
      return progress.filesDone;
    },
    get bytesDone() {
      return progress.bytesDone;
    },
  };
}
