/** Forecast: when the step that a run is in will be done, and what would be lost then. */
import type { Instant } from "@coeval/core/model/instant";
import type { Pace } from "./rates.ts";

export interface Forecast {
  /** When the running step ends at its pace until now. The point is sealed after that, never before. */
  readonly endsAt: Instant;
  /** What would be lost right before: the age of the last point's moment then. Null without a point. */
  readonly rpoBeforeMs: number | null;
  /** What would be lost at the least once this run's point is sealed. */
  readonly rpoAfterMs: number;
}

/** Pure. Files and bytes are both waited for: the slower of the two counts. Null when the totals are not known, or nothing moves. */
export function forecastOf(
  now: Instant,
  { moment, pace, last }: { moment: Instant; pace: Pace | null; last: Instant | null },
): Forecast | null {
  if (!pace) return null;
  const { filesDone, filesTotal, bytesDone, bytesTotal } = pace.progress;
  if (filesTotal === null || bytesTotal === null) return null;
  const filesMs = restMs(filesTotal - filesDone, pace.filesPerMs);
  const bytesMs = restMs(bytesTotal - bytesDone, pace.bytesPerMs);
  // Files come in whole: while a large one moves, none is counted.
  const leftMs = pace.filesPerMs === 0 && bytesMs !== null ? bytesMs : maxOf(filesMs, bytesMs);
  if (leftMs === null) return null;
  const endsAt = Math.ceil(now + leftMs);
  return {
    endsAt,
    rpoBeforeMs: last === null ? null : Math.max(0, endsAt - last),
    rpoAfterMs: Math.max(0, endsAt - moment),
  };
}

function restMs(left: number, perMs: number): number | null {
  if (left <= 0) return 0;
  return perMs > 0 ? left / perMs : null;
}

function maxOf(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.max(a, b);
}
