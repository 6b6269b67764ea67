/** Moment: the one instant at which everything is taken; for "protect now" the earliest that can still be armed. */
import { CoevalError } from "../errors.ts";
import { formatInstant, type Instant } from "../model/instant.ts";

/** Both agents can be armed within this, on the links we know; a nearer moment is refused. */
export const LEAD_MS = 1000;
/** A moment further away than this is a schedule, not a protect. */
export const AHEAD_MS_MAX = 24 * 3600 * 1000;

/** The earliest moment that can be armed: whole ms. */
export function earliest(now: Instant, leadMs: number = LEAD_MS): Instant {
  return Math.ceil(now + leadMs);
}

/**
 * Proves a moment asked for.
 * @throws CoevalError `moment-past`, `moment-too-near`, `bad-input` (too far) with the figures.
 */
export function checkMoment(moment: Instant, now: Instant): Instant {
  const aheadMs = Math.round(moment - now);
  if (aheadMs <= 0)
    throw new CoevalError("moment-past", `${formatInstant(moment)} lies ${-aheadMs} ms in the past`);
  if (aheadMs < LEAD_MS) {
    throw new CoevalError(
      "moment-too-near",
      `${formatInstant(moment)} is ${aheadMs} ms away; arming takes up to ${LEAD_MS} ms`,
    );
  }
  if (aheadMs > AHEAD_MS_MAX) {
    throw new CoevalError(
      "bad-input",
      `${formatInstant(moment)} is more than ${AHEAD_MS_MAX / 3_600_000} h away`,
    );
  }
  return moment;
}
