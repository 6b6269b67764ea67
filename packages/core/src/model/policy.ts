/** How a service is protected: when, how exactly, and at what cost to others. */
import type { Instant } from "./instant.ts";

export interface Policy {
  readonly direction: "push" | "pull";
  readonly tolerance: Tolerance;
  /** When. 0…MAX_MOMENT_RULES, none twice; empty: only by hand. An instant that several give is one moment. */
  readonly moments: readonly MomentRule[];
  /** When not. 0…MAX_BLACKOUTS. */
  readonly blackout: readonly Blackout[];
  /** What is aimed at; null: nothing is promised, nothing is missed. */
  readonly objective: Objective | null;
  /** What of the data sets is left alone on both sides. */
  readonly filters: Filters;
  /** Bytes per second that a transfer takes at most; null: as the link gives. MIN_BANDWIDTH…MAX_BANDWIDTH. */
  readonly bandwidthBytesPerSecond: number | null;
  /** Who goes first where agent or link is the limit: 0…100, the highest first. */
  readonly priority: number;
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

/** One line of a policy's moments. The instants it gives depend on nothing but itself: a restart or an edit beside it moves none. */
export type MomentRule =
  /** Once. */
  | { readonly kind: "at"; readonly at: Instant }
  /** anchor, anchor + every, …; without one counted from 1970-01-01T00:00:00Z. MIN_EVERY_MS…MAX_EVERY_MS. */
  | { readonly kind: "every"; readonly everyMs: number; readonly anchor: Instant | null }
  /** Whenever the clocks of a zone show it; model/cron.ts says how it is read, protect/cron-next.ts what a change of clocks does. */
  | { readonly kind: "cron"; readonly cron: string; readonly zone: string };

/** A window of local time in which no moment is due. Where `to` is not after `from` it ends the next day. */
export interface Blackout {
  /** Minutes after midnight, 0…1439; the first instant within. */
  readonly fromMinute: number;
  /** 1…1440; the first instant that is within no more. Never equal to `fromMinute`. */
  readonly toMinute: number;
  /** The days on which it begins, in the order of WEEKDAYS. Never empty. */
  readonly days: readonly Weekday[];
  readonly zone: string;
}

/** What is aimed at. */
export interface Objective {
  /** Recovery point objective: what may be lost at most, as the age of the last point's moment. MIN_RPO_MS…MAX_RPO_MS. */
  readonly rpoMs: number;
}

/** What of the data sets is left alone on both sides, in either direction; model/path-filter.ts says how patterns are read. */
export interface Filters {
  /** Patterns of what is kept, with the directories that lead there; empty: everything. 0…MAX_FILTERS. */
  readonly include: readonly string[];
  /** Patterns of what is left out of it. 0…MAX_FILTERS. */
  readonly exclude: readonly string[];
}

/** A day of the week. */
export type Weekday = (typeof WEEKDAYS)[number];
/** The days of the week, as ISO 8601 orders them. */
export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** Ten minutes: beyond it one does not speak of a moment. */
export const MAX_TOLERANCE_MS = 600_000;
/** Rules of one policy's moments. */
export const MAX_MOMENT_RULES = 16;
/** Below a second a run can hardly be begun and ended. */
export const MIN_EVERY_MS = 1000;
/** A year: whatever comes rarer is entered as the instants it means. */
export const MAX_EVERY_MS = 366 * 86_400_000;
/** Blackouts of one policy. */
export const MAX_BLACKOUTS = 16;
/** The smallest recovery point objective, ms. */
export const MIN_RPO_MS = 1000;
/** The largest recovery point objective, ms. */
export const MAX_RPO_MS = 366 * 86_400_000;
/** Patterns of one policy's filters. */
export const MAX_FILTERS = 100;
/** Characters of one pattern. */
export const MAX_FILTER_CHARS = 1000;
/** Bytes per second: with less a run would be taken for one that stalls. */
export const MIN_BANDWIDTH = 16 * 1024;
/** Bytes per second: 10 Tbit/s. */
export const MAX_BANDWIDTH = 1_250_000_000_000;
/** Priority of a service that says none, in the middle of 0…MAX_PRIORITY. */
export const DEFAULT_PRIORITY = 50;
/** The highest priority. */
export const MAX_PRIORITY = 100;

/** What a policy says of the things that have a default. Direction and tolerance have none. */
export const policyDefaults = {
  moments: [],
  blackout: [],
  objective: null,
  filters: { include: [], exclude: [] },
  bandwidthBytesPerSecond: null,
  priority: DEFAULT_PRIORITY,
} as const satisfies Partial<Policy>;
