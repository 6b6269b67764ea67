/** Which agent of a cluster acts, as stored. */
import type { Selectable } from "kysely";
import type { ControlTables } from "./tables.ts";

export interface StoredActing {
  readonly cluster: string;
  readonly agent: string;
  readonly fingerprint: string;
  /** Counts from 1; rises by one with each change. */
  readonly term: number;
  readonly since: number;
  /** It has confirmed that it stops its work when it hears nothing: only then may another take over while it is away. */
  readonly leased: boolean;
  /** Why it took over; null for a cluster's first. */
  readonly why: string | null;
}

export function actingOf(row: Readonly<Selectable<ControlTables["acting"]>>): StoredActing {
  return { ...row, leased: row.leased === 1 };
}
