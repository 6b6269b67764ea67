/** The schedule: how far each service's policy is answered, and what each calls for now. It begins nothing. */
import { toFailure } from "@coeval/core/errors";
import type { Instant } from "@coeval/core/model/instant";
import type { Service } from "@coeval/core/model/service";
import type { Calendar } from "@coeval/core/ports/calendar";
import type { World } from "@coeval/core/ports/world";
import { due } from "@coeval/core/protect/policy";
import { OPENING_MS_MAX } from "@coeval/core/protect/run";
import { pauseList, type StoredPause } from "@coeval/store/control/pause-list";
import { scheduleLast } from "@coeval/store/control/schedule-last";
import { serviceList } from "@coeval/store/control/service-list";
import type { ControlQueries } from "@coeval/store/control/tables";
import type { Act } from "./answer-policy.ts";
import type { Leads } from "./leads.ts";

/** A policy that cannot be asked (its zone is not known any more) is asked again after this. */
const ASK_AGAIN_MS = 60_000;
/** This process may be kept from running for so long (a garbage collection, other work); no moment is lost for that. */
const HELD_UP_MS_MAX = 250;
/** Moments so near to each other are armed at the same time. */
const CROWD_MS = 1000;
/** What arming one among many takes, on two cores that the agents share (`npm run bench -- storm`). */
const ARMED_EACH_MS = 20;
/** However many there are: a run must open within OPENING_MS_MAX. */
const CROWD_LEAD_MS_MAX = OPENING_MS_MAX - 5000;

export interface ScheduleParts {
  readonly db: ControlQueries;
  readonly calendar: Calendar;
  readonly leads: Leads;
}

/** One service. */
export interface Entry {
  service: Service;
  version: number;
  /** Its last moment that was armed or told. */
  last: Instant;
  /** Nothing is to be done before. */
  wakeAt: Instant;
  /** The moment that is waited for; null when none is, or a pause holds it. */
  next: Instant | null;
  /** It is being answered. */
  busy: boolean;
}

/** What one service's policy calls for. */
export interface Call {
  readonly entry: Entry;
  readonly act: Act;
}

export interface Schedule {
  /** Reads services and pauses anew. */
  read(): Promise<void>;
  /** The service is asked again although its time has not come. */
  again(service: string): void;
  /** What is called for, whoever matters most first, and the instant before which nothing else will be. */
  look(now: Instant): { readonly calls: Call[]; readonly nextAt: Instant };
}

export function createSchedule(world: World, { db, calendar, leads }: ScheduleParts): Schedule {
  const entries = new Map<string, Entry>();
  let pauses: readonly StoredPause[] = [];

  /** What is to be done at once; otherwise null, and the entry knows what it waits for. */
  function ask(entry: Entry, now: Instant): Act | null {
    const { service, last } = entry;
    entry.next = null;
    try {
      const leadMs = leads.of(service.name) + HELD_UP_MS_MAX;
      const asked = due(service, { last, now, leadMs, pauses }, calendar);
      if (asked.kind === "none") entry.wakeAt = Number.POSITIVE_INFINITY;
      else if (asked.kind === "wait") Object.assign(entry, { wakeAt: asked.until, next: asked.moment });
      else return asked;
    } catch (thrown) {
      // One policy that cannot be asked must not keep the others waiting.
      const { code, message } = toFailure(thrown);
      world.log.error("policy-not-asked", { service: service.name, code, message });
      entry.wakeAt = now + ASK_AGAIN_MS;
    }
    return null;
  }

  /** Moments that come together are armed one after the other, so the first must begin the earlier the more there are. */
  function crowds(): (moment: Instant) => number {
    const waiting = new Map<number, number>();
    const secondOf = (moment: Instant): number => Math.floor(moment / CROWD_MS);
    for (const { next } of entries.values())
      if (next !== null) waiting.set(secondOf(next), (waiting.get(secondOf(next)) ?? 0) + 1);
    return (moment) => {
      const second = secondOf(moment);
      return (waiting.get(second - 1) ?? 0) + (waiting.get(second) ?? 0) + (waiting.get(second + 1) ?? 0);
    };
  }

  return {
    async read() {
      const last = await scheduleLast(db);
      pauses = await pauseList(db);
      const stored = new Map((await serviceList(db)).map((one) => [one.service.name, one]));
      for (const name of entries.keys()) if (!stored.has(name)) entries.delete(name);
      for (const [name, { service, version }] of stored) {
        const known = entries.get(name);
        // One from before there were schedules begins now.
        const answered = Math.max(known?.last ?? 0, last.get(name) ?? world.clock.nowMs());
        const anew = { service, version, last: answered, wakeAt: 0, next: null };
        entries.set(name, Object.assign(known ?? { busy: false }, anew));
      }
    },
    again(service) {
      const entry = entries.get(service);
      if (entry) entry.wakeAt = 0;
    },
    look(now) {
      const calls: Call[] = [];
      let nextAt = Number.POSITIVE_INFINITY;
      const idle = [...entries.values()].filter(({ busy }) => !busy);
      const waiting = idle.filter((entry) => {
        const act = entry.wakeAt <= now ? ask(entry, now) : null;
        if (act) calls.push({ entry, act });
        return !act;
      });
      const crowdAt = crowds();
      for (const entry of waiting) {
        const { next, wakeAt } = entry;
        if (next === null) {
          nextAt = Math.min(nextAt, wakeAt);
          continue;
        }
        const armAt = Math.min(wakeAt, next - Math.min(CROWD_LEAD_MS_MAX, crowdAt(next) * ARMED_EACH_MS));
        if (armAt <= now) calls.push({ entry, act: { kind: "arm", moment: next } });
        else nextAt = Math.min(nextAt, armAt);
      }
      calls.sort((a, b) => b.entry.service.policy.priority - a.entry.service.policy.priority);
      return { calls, nextAt };
    },
  };
}
