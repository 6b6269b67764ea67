/**
 * Moments that come together. A run is armed within its lead when it is alone; of many at one instant the last is armed only after all the
 * others, so the whole crowd begins the earlier the larger it is.
 */
import type { Instant } from "@coeval/core/model/instant";
import { OPENING_MS_MAX } from "@coeval/core/protect/run";

/** Moments so near to each other are armed at the same time. */
const CROWD_MS = 1000;
/** What arming one among many takes, on two cores that the agents share (`npm run bench -- storm`). */
const ARMED_EACH_MS = 20;
/** However many there are: a run must open within OPENING_MS_MAX. */
const CROWD_LEAD_MS_MAX = OPENING_MS_MAX - 5000;

/** How long before a moment it must be armed for the sake of those that come with it, ms. */
export function crowdLeads(moments: Iterable<Instant>): (moment: Instant) => number {
  const waiting = new Map<number, number>();
  for (const moment of moments) {
    const slot = Math.floor(moment / CROWD_MS);
    waiting.set(slot, (waiting.get(slot) ?? 0) + 1);
  }
  return (moment) => {
    const slot = Math.floor(moment / CROWD_MS);
    const many = [slot - 1, slot, slot + 1].reduce((sum, near) => sum + (waiting.get(near) ?? 0), 0);
    return Math.min(CROWD_LEAD_MS_MAX, many * ARMED_EACH_MS);
  };
}
