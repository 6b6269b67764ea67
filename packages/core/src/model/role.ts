/** Role and epoch of a service on a cluster: the claims' "identity", kept by each cluster's agent on its disk. */

export type Role = "primary" | "secondary";

/** A service's role on one cluster, and since which epoch. */
export interface Tenure {
  readonly service: string;
  readonly role: Role;
  /** Counts from 1; rises by exactly one with each change of roles. An agent refuses lower ones for ever. */
  readonly epoch: number;
}

/** How an instruction's epoch stands to the stored one: equal, its successor, lower, or further ahead. */
export type EpochVerdict = "same" | "next" | "stale" | "skipped";

/** How an instruction's epoch stands to the highest one stored (0 when none is). Only `same` and `next` may act. */
export function judgeEpoch(storedEpoch: number, epoch: number): EpochVerdict {
  if (epoch === storedEpoch) return "same";
  if (epoch === storedEpoch + 1) return "next";
  return epoch < storedEpoch ? "stale" : "skipped";
}

/** A cluster's role in one word: that of its services when they agree, else `mixed`; `none` without services. */
export function clusterRole(tenures: readonly Tenure[]): Role | "mixed" | "none" {
  const roles = new Set(tenures.map((tenure) => tenure.role));
  if (roles.size === 0) return "none";
  return roles.size === 1 ? (tenures[0] as Tenure).role : "mixed";
}
