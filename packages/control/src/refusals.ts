/** Refused strangers are audited one by one, up to a rate: beyond it every thousandth is, with the count, so that a flood cannot fill the disk. */
import type { World } from "@coeval/core/ports/world";

/** Audited one by one in an hour. */
export const REFUSALS_AUDITED_MAX = 2000;
const HOUR_MS = 3_600_000;
const EVERY = 1000;

export interface Refusals {
  /** Counts one. @returns its number in this hour, or null when it is not to be audited by itself. */
  count(): number | null;
}

export function createRefusals(world: World): Refusals {
  let sinceElapsedMs = world.clock.elapsedMs();
  let number = 0;
  return {
    count() {
      const nowMs = world.clock.elapsedMs();
      if (nowMs - sinceElapsedMs > HOUR_MS) {
        sinceElapsedMs = nowMs;
        number = 0;
      }
      number++;
      return number <= REFUSALS_AUDITED_MAX || number % EVERY === 0 ? number : null;
    },
  };
}
