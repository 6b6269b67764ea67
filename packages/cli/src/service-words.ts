/** How well a service is protected, in words of one cell. */
import { parseInstant } from "@coeval/contract/api/instant";
import type { ServiceStatus } from "@coeval/contract/api/service";
import { age, duration } from "./figures.ts";

/** What would be lost now. */
export function losesText({ rpoMs, points, uncovered }: ServiceStatus): string {
  if (rpoMs !== null) return `the last ${duration(rpoMs)}`;
  return points === 0 ? "everything: no point" : `all of ${uncovered.join(", ")}`;
}

/** What is aimed at, and by how far it is missed. */
export function objectiveText({ objective }: ServiceStatus): string {
  if (objective === null) return "";
  const aimed = duration(objective.rpoMs);
  return objective.behindMs === null ? aimed : `${aimed}, missed by ${duration(objective.behindMs)}`;
}

/** When the policy's next moment comes, or what holds it. */
export function nextMomentText({ pause, nextMoment }: ServiceStatus, nowMs: number): string {
  if (pause !== null)
    return pause.until === null ? "paused" : `paused for ${duration(parseInstant(pause.until) - nowMs)}`;
  return nextMoment === null ? "by hand" : age(parseInstant(nextMoment), nowMs);
}

/** What became of the policy's last moment, when no run took it. */
export function lastMomentText({ lastMoment }: ServiceStatus): string {
  if (lastMoment === null) return "";
  const { moment, fate, cause, run } = lastMoment;
  return `${moment} ${fate}${cause === null ? ` ${run ?? ""}` : `: ${cause.message}`}`;
}

/** The run that goes on, and when its step ends. */
export function activeRunText({ activeRun }: ServiceStatus, nowMs: number): string {
  if (activeRun === null) return "";
  const { id, phase, forecast } = activeRun;
  const end = forecast === null ? "" : `, ${duration(parseInstant(forecast.endsAt) - nowMs)} left`;
  return `${id} ${phase}${end}`;
}

/** When the running step ends, and what that means for what would be lost. */
export function forecastText({ activeRun }: ServiceStatus): string {
  const forecast = activeRun?.forecast ?? null;
  if (activeRun === null || forecast === null) return "";
  const before = forecast.rpoBeforeMs === null ? "everything" : duration(forecast.rpoBeforeMs);
  return `${activeRun.phase} ends at ${forecast.endsAt}; until then up to ${before} would be lost, afterwards at least ${duration(forecast.rpoAfterMs)}`;
}
