/** A pause: no moment of a service, of a cluster's services or of any service is taken while it lasts. */
import type { Instant } from "./instant.ts";
import type { Service } from "./service.ts";

export interface Pause {
  readonly what: "service" | "cluster" | "all";
  /** Name of the service or cluster; empty for `all`. */
  readonly name: string;
  /** The first instant that is paused. */
  readonly since: Instant;
  /** The first instant that is paused no more; null: until somebody resumes it. */
  readonly until: Instant | null;
  /** A person's reason, shown wherever a moment was not taken for it. */
  readonly why: string;
}

/** Characters of a pause's reason. */
export const PAUSE_WHY_CHARS_MAX = 200;

/** The pause that holds a service at an instant: the one that lasts longest. Null when there is none. */
export function pausedBy(pauses: readonly Pause[], service: Service, at: Instant): Pause | null {
  let longest: Pause | null = null;
  for (const pause of pauses) {
    if (!concerns(pause, service) || at < pause.since || endOf(pause) <= at) continue;
    if (longest === null || endOf(pause) > endOf(longest)) longest = pause;
  }
  return longest;
}

/** True while a pause holds the service. */
export function isPaused(pauses: readonly Pause[], service: Service, at: Instant): boolean {
  return pausedBy(pauses, service, at) !== null;
}

function concerns({ what, name }: Pause, service: Service): boolean {
  switch (what) {
    case "all":
      return true;
    case "service":
      return name === service.name;
    case "cluster":
      return name === service.primary || name === service.secondary;
  }
}

function endOf({ until }: Pause): number {
  return until ?? Number.POSITIVE_INFINITY;
}
