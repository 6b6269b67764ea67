/** The schedule: how far each service's policy is answered, and what each calls for now. It begins nothing. */
import { toFailure } from "@coeval/core/errors";
import type { Instant } from "@coeval/core/model/instant";
import type { Service } from "@coeval/core/model/service";
import type { Calendar } from "@coeval/core/ports/calendar";
import type { Clock } from "@coeval/core/ports/clock";
import type { World } from "@coeval/core/ports/world";
import { due } from "@coeval/core/protect/policy";
import { pauseList, type StoredPause } from "@coeval/store/control/pause-list";
import { type ScheduleLast, scheduleLast } from "@coeval/store/control/schedule-last";
import { serviceList } from "@coeval/store/control/service-list";
import type { ControlQueries } from "@coeval/store/control/tables";
import type { Act } from "./answer-policy.ts";
import { crowdLeads } from "./crowd.ts";
import type { Leads } from "./leads.ts";

/** A policy that cannot be asked (its zone is not known any more) is asked again after this. */
const ASK_AGAIN_MS = 60_000;
/** This process may be kept from running for so long (a garbage collection, other work); no moment is lost for that. */
const HELD_UP_MS_MAX = 250;
export interface ScheduleParts {
  readonly db: ControlQueries;
  readonly calendar: Calendar;
  readonly leads: Leads;
  /** The control device's own clock, as it is. */
  readonly own: Pick<Clock, "nowMs">;
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

export function createSchedule(world: World, { db, calendar, leads, own }: ScheduleParts): Schedule {
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

  /** One that was not begun begins now. */
  function onSharedClock(stored: ScheduleLast | undefined): Instant {
    const now = world.clock.nowMs();
    if (stored === undefined) return now;
    return stored.own ? Math.min(now, stored.last + now - own.nowMs()) : stored.last;
  }

  return {
    async read() {
      const last = await scheduleLast(db);
      pauses = await pauseList(db);
      const stored = new Map((await serviceList(db)).map((one) => [one.service.name, one]));
      for (const name of entries.keys()) if (!stored.has(name)) entries.delete(name);
      for (const [name, { service, version }] of stored) {
        const known = entries.get(name);
        const answered = Math.max(known?.last ?? 0, onSharedClock(last.get(name)));
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
      const crowdLeadMs = crowdLeads(
        [...entries.values()].flatMap(({ next }) => (next === null ? [] : [next])),
      );
      for (const entry of waiting) {
        const { next, wakeAt } = entry;
        const armAt = next === null ? wakeAt : Math.min(wakeAt, next - crowdLeadMs(next));
        if (next !== null && armAt <= now) calls.push({ entry, act: { kind: "arm", moment: next } });
        else nextAt = Math.min(nextAt, armAt);
      }
      calls.sort((a, b) => b.entry.service.policy.priority - a.entry.service.policy.priority);
      return { calls, nextAt };
    },
  };
}
