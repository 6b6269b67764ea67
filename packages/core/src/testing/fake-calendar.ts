/** A calendar of a few zones: UTC, and what a test says of others. It knows no database, so every machine agrees with it. */
import type { Instant } from "../model/instant.ts";
import type { Calendar, Stretch } from "../ports/calendar.ts";

/** A change of a zone's clocks. */
export interface Change {
  readonly at: Instant;
  readonly offsetMs: number;
}

/** What a test says of a zone. */
export interface FakeZone {
  /** The offset before the first change. */
  readonly offsetMs: number;
  /** Ascending. */
  readonly changes: readonly Change[];
}

/** A calendar without a database. @param zones name → its clocks; `UTC` is there always. */
export function createFakeCalendar(zones: Readonly<Record<string, FakeZone>> = {}): Calendar {
  const known = new Map<string, FakeZone>([["UTC", { offsetMs: 0, changes: [] }], ...Object.entries(zones)]);
  return {
    stretch(name, instant): Stretch | null {
      const zone = known.get(name);
      if (!zone) return null;
      const passed = zone.changes.filter(({ at }) => at <= instant);
      const last = passed.at(-1);
      return {
        offsetMs: last?.offsetMs ?? zone.offsetMs,
        from: last?.at ?? null,
        until: zone.changes[passed.length]?.at ?? null,
      };
    },
    zones: () => [...known.keys()],
  };
}
