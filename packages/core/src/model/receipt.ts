/** What the source's agent answers for one snapshot: when it was taken, bounded on the one clock. */
import type { Instant } from "./instant.ts";

export interface Receipt {
  readonly root: string;
  readonly snapshotName: string;
  /** Data sets the snapshot covers. */
  readonly sets: readonly string[];
  /** Not before: the first request's sending on the shared clock, less the clock's error. */
  readonly earliest: Instant;
  /** Not after: the last answer's arrival, plus the clock's error. */
  readonly latest: Instant;
  /** The cluster's own stamp on the snapshot, on the cluster's own clock; null when it cannot be read. */
  readonly clusterStamp: Instant | null;
}

/** The shared clock as measured around the moment. */
export interface ClockEvidence {
  readonly source: string;
  /** Who answered for an NTP source; absent when the control device was the source. */
  readonly server?: ClockServer;
  /** How far the wall clock of the source's agent was ahead of the shared one. */
  readonly offsetMs: number;
  /** The larger of the bounds before and after. */
  readonly errorMs: number;
  /** How far the offset moved between the readings before and after the moment. */
  readonly stepMs: number;
}

/** An NTP server as evidence names it: `address:port`, what it follows, and how far it is from a reference clock (1…15). */
export interface ClockServer {
  readonly address: string;
  readonly referenceId: string;
  readonly stratum: number;
}

/** What the grade of open files rests on. */
export type OpenFilesGrade = "frozen" | "listed" | "unknown";
