/** How much of a service's tolerance the clock's error may take; the rest is the snapshots'. */
import type { Service } from "@coeval/core/model/service";

/** The clock's error may take at most this share of the tolerance. */
export const CLOCK_SHARE = 0.5;

/** The largest error of the clock with which a moment of the service is taken, ms. */
export function clockErrorMsMax(service: Service): number {
  return service.policy.tolerance.windowMs * CLOCK_SHARE;
}

/** An error of the clock beside what the service allows, in words. */
export function clockErrorText(errorMs: number, service: Service): string {
  return `${errorMs.toFixed(1)} ms, the tolerance of ${service.name} allows ${clockErrorMsMax(service)} ms`;
}
