/** A year of hourly moments, in a zone whose clocks change twice. Played by its name only. */
import type { Scenario } from "../plan.ts";
import { ZONE } from "../world/calendar.ts";

export const year: Scenario = {
  name: "year",
  plan: (seed) => ({
    clock: "control",
    recovers: false,
    aYear: true,
    byPolicy: {
      subjects: [
        {
          name: "orders",
          direction: seed.pick(["push", "pull"]),
          moments: [{ kind: "cron", cron: "0 * * * *", zone: ZONE }],
        },
      ],
      periodMs: 3_600_000,
      aimedAt: null,
    },
  }),
};
