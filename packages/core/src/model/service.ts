/** A service: the data sets that are protected together, between two clusters, by exactly one policy. */
import type { DataSet } from "./data-set.ts";

export interface Service {
  readonly name: string;
  /** Cluster names; never equal. */
  readonly primary: string;
  readonly secondary: string;
  /** 1…MAX_DATA_SETS, none within another, names unique. */
  readonly dataSets: readonly DataSet[];
  readonly mapping: Mapping;
  readonly policy: Policy;
}

/** Where data sets land: `source` prefix on the primary → `target` on the secondary. */
export interface Mapping {
  /** Every data set lies below it (or is it). */
  readonly source: string;
  /** The holding directory: the secondary's snapshottable root, coeval's own. */
  readonly target: string;
}

/** How a service is protected. */
export interface Policy {
  /** `push`: the primary's agent dials and sends. `pull`: the secondary's agent dials and fetches. Both give the same points. */
  readonly direction: "push" | "pull";
  readonly tolerance: Tolerance;
}

/** How far a moment's snapshots may lie after the moment, and what happens when they do. */
export interface Tolerance {
  /** The latest possible instant of any snapshot may lie this many ms after the moment. 1…MAX_TOLERANCE_MS. */
  readonly windowMs: number;
  /** `refuse`: no point. `mark`: a point graded Torn. Dangerous, so never defaulted. */
  readonly beyond: "refuse" | "mark";
  /** The same for files that were open at the moment on a cluster that does not freeze them and does not tell which. */
  readonly openFiles: "refuse" | "mark";
}

/** Data sets in one service. */
export const MAX_DATA_SETS = 1000;
/** Ten minutes: beyond it one does not speak of a moment. */
export const MAX_TOLERANCE_MS = 600_000;
