/** Civil time: which offset a time zone has when. All the rest of schedules is arithmetic and lives in core. */
import type { Instant } from "../model/instant.ts";

/** Knows the time zones of the IANA database. Pure: the same question has the same answer as long as the process lives. */
export interface Calendar {
  /**
   * The stretch of one offset that holds at an instant.
   * @param zone the name as the database spells it, e.g. `Europe/Berlin`, `UTC`; no offsets as `+01:00`.
   * @returns null for a zone that is not known.
   */
  stretch(zone: string, instant: Instant): Stretch | null;
  /** Names that can be suggested for one that is not known; need not be all. */
  zones(): readonly string[];
}

/** As long as the clocks of a zone are not changed. */
export interface Stretch {
  /** Local time is the instant + this; ms, east of Greenwich is positive. */
  readonly offsetMs: number;
  /** The instant of the change before, which belongs to the stretch; null: none is known. */
  readonly from: Instant | null;
  /** The instant of the next change, which belongs to the next stretch; null: none is known. */
  readonly until: Instant | null;
}
