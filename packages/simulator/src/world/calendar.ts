/** The calendar of a simulated world: UTC, and one zone whose clocks change twice a year. */
import { parseInstant } from "@coeval/core/model/instant";
import type { Calendar } from "@coeval/core/ports/calendar";
import { createFakeCalendar } from "@coeval/core/testing/fake-calendar";

/** A zone of that calendar, with summer time. */
export const ZONE = "Europe/Berlin";

const HOUR_MS = 3_600_000;

/** The clocks change when they do there. */
export const calendar: Calendar = createFakeCalendar({
  [ZONE]: {
    offsetMs: HOUR_MS,
    changes: [
      { at: parseInstant("2027-03-28T01:00:00Z"), offsetMs: 2 * HOUR_MS },
      { at: parseInstant("2027-10-31T01:00:00Z"), offsetMs: HOUR_MS },
    ],
  },
});
