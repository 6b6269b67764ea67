/** A service: the data sets that are protected together, between two clusters, by exactly one policy. */
import type { DataSet } from "./data-set.ts";
import type { Policy } from "./policy.ts";

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

/** Data sets in one service. */
export const MAX_DATA_SETS = 1000;
