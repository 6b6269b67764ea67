/** The primary's agent asks an NTP server that shows another time than the one that all go by: no moment of it is taken. */
import { OTHER_TIME_HOST } from "../world/time-server.ts";
import type { Scenario } from "../plan.ts";

export const clockOff: Scenario = {
  name: "clock-off",
  plan: () => ({ clock: "ntp", asks: { east: `ntp://${OTHER_TIME_HOST}` }, runs: 2, recovers: false }),
};
