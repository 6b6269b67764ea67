/** The cluster's own clock against the shared one, told from the stamps that the cluster puts on its snapshots. */
import type { Clock, SharedClock } from "@coeval/core/ports/clock";

/** Stamps are whole ms, cut off. */
const STAMP_MS = 1;

/** How far the cluster's clock is ahead of the shared one: `offsetMs`, wrong by at most `errorMs`, as it was `ageMs` ago. */
export interface ClusterOffset {
  readonly offsetMs: number;
  readonly errorMs: number;
  readonly ageMs: number;
}

export interface ClusterClock {
  /** A stamp that was made between these two elapsed times; null says nothing. */
  stamped(stampMs: number | null, earliestElapsedMs: number, latestElapsedMs: number): void;
  /** What the last moment told; null before the first since the agent's start, and when the source has changed since. */
  offset(): ClusterOffset | null;
}

/** @param shared the clock that the cluster's is compared with. */
export function createClusterClock(clock: Pick<Clock, "elapsedMs">, shared: SharedClock): ClusterClock {
  let last: {
    readonly source: string;
    readonly offsetMs: number;
    readonly errorMs: number;
    readonly atMs: number;
  } | null = null;
  return {
    stamped(stampMs, earliestMs, latestMs) {
      const reading = shared.reading();
      if (stampMs === null || !reading) return;
      last = {
        source: reading.source,
        offsetMs: stampMs + STAMP_MS / 2 - ((earliestMs + latestMs) / 2 + reading.offsetMs),
        errorMs: (latestMs - earliestMs + STAMP_MS) / 2 + reading.errorMs,
        atMs: latestMs,
      };
    },
    offset() {
      if (last?.source !== shared.source) return null;
      const { offsetMs, errorMs, atMs } = last;
      return { offsetMs, errorMs, ageMs: clock.elapsedMs() - atMs };
    },
  };
}
