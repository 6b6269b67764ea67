/** The next moment of each service's policy, remembered until it has come: an expression is not searched at every look. */
import { type Failure, toFailure } from "@coeval/core/errors";
import type { Instant } from "@coeval/core/model/instant";
import type { Calendar } from "@coeval/core/ports/calendar";
import { momentsOf } from "@coeval/core/protect/moments";
import type { StoredService } from "@coeval/store/control/service-row";

export interface NextMoments {
  /** Of these services, by name; what is remembered of others is forgotten. */
  of(services: readonly StoredService[], now: Instant): ReadonlyMap<string, NextMoment>;
  /** Of one alone; nothing is forgotten. */
  one(stored: StoredService, now: Instant): NextMoment;
}

export interface NextMoment {
  /** Null when none comes any more. */
  readonly moment: Instant | null;
  /** Why the policy cannot be asked, e.g. its zone is not known any more. */
  readonly fault: Failure | null;
}

interface Known extends NextMoment {
  readonly version: number;
  readonly askedAt: Instant;
}

/** A policy that gave no moment, or could not be asked, is asked again after this. */
const ASK_AGAIN_MS = 60_000;

export function createNextMoments(calendar: Calendar): NextMoments {
  let known = new Map<string, Known>();

  function ask({ service, version }: StoredService, now: Instant): Known {
    try {
      const moment = momentsOf(service.policy, calendar).next(now);
      return { version, askedAt: now, moment, fault: null };
    } catch (thrown) {
      return { version, askedAt: now, moment: null, fault: toFailure(thrown) };
    }
  }

  const holds = (one: Known | undefined, version: number, now: Instant): one is Known =>
    one !== undefined &&
    one.version === version &&
    one.askedAt <= now &&
    now < (one.moment ?? one.askedAt + ASK_AGAIN_MS);

  function one(stored: StoredService, now: Instant): Known {
    const before = known.get(stored.service.name);
    return holds(before, stored.version, now) ? before : ask(stored, now);
  }

  return {
    one,
    of(services, now) {
      known = new Map(services.map((stored) => [stored.service.name, one(stored, now)]));
      return known;
    },
  };
}
