/**
 * The scheduler: asks each service's policy what is due, has each moment armed its lead before it, and has every moment told that was not
 * taken. What a policy was answered is stored with the answer, so each of its moments has exactly one fate.
 *
 * Services do not wait for each other: each is answered by a task of its own; the loop only looks who is next.
 */
import { toFailure } from "@coeval/core/errors";
import type { Instant } from "@coeval/core/model/instant";
import type { Service } from "@coeval/core/model/service";
import type { Calendar } from "@coeval/core/ports/calendar";
import type { World } from "@coeval/core/ports/world";
import { type Due, due } from "@coeval/core/protect/policy";
import { pauseList, type StoredPause } from "@coeval/store/control/pause-list";
import { scheduleLast } from "@coeval/store/control/schedule-last";
import { serviceList } from "@coeval/store/control/service-list";
import type { ControlQueries } from "@coeval/store/control/tables";
import { armMoment } from "./arm-moment.ts";
import { createBell } from "./bell.ts";
import type { Leads } from "./leads.ts";
import { tellMoments, UNARMED, whilePaused } from "./moment-records.ts";
import type { Protect } from "./protect-service.ts";
import type { Records } from "./records.ts";
import type { Tasks } from "./tasks.ts";

/** The clock may be set: it is looked at this often. */
export const LOOK_EVERY_MS = 1000;
/** An answer that could not be stored is given again after this. */
const STORE_AGAIN_MS = 2000;

export interface SchedulerParts {
  readonly db: ControlQueries;
  readonly records: Records;
  readonly tasks: Tasks;
  readonly calendar: Calendar;
  readonly leads: Leads;
  readonly protect: Protect;
}

export interface Scheduler {
  /** Begins to answer, until the tasks are stopped. */
  start(): void;
  /** Services or pauses have changed: they are read anew. */
  changed(): void;
  /** Of this one service something else has changed: its lead, or a run of it has ended. */
  again(service: string): void;
}

/** What is known of one service between looks. */
interface Entry {
  service: Service;
  /** Its last moment that was armed or told. */
  last: Instant;
  /** Nothing is to be done before. */
  wakeAt: Instant;
  /** A task answers it now. */
  busy: boolean;
}
type Act = Exclude<Due, { kind: "wait" | "none" }>;

export function createScheduler(world: World, parts: SchedulerParts): Scheduler {
  const { db, tasks, calendar, leads } = parts;
  const bell = createBell();
  const entries = new Map<string, Entry>();
  let pauses: readonly StoredPause[] = [];
  let stale = true;

  async function read(): Promise<void> {
    stale = false;
    const last = await scheduleLast(db);
    pauses = await pauseList(db);
    const stored = new Map((await serviceList(db)).map(({ service }) => [service.name, service]));
    for (const name of entries.keys()) if (!stored.has(name)) entries.delete(name);
    for (const [name, service] of stored) {
      const known = entries.get(name);
      // One from before there were schedules begins now.
      const answered = Math.max(known?.last ?? 0, last.get(name) ?? world.clock.nowMs());
      entries.set(name, Object.assign(known ?? { busy: false }, { service, last: answered, wakeAt: 0 }));
    }
  }

  async function answer(entry: Entry, act: Act): Promise<void> {
    const { service } = entry;
    if (act.kind === "arm") {
      const { moment } = act;
      const cause = await armMoment(
        world,
        parts,
        { name: service.name, moment },
        () => entry.service === service,
      );
      if (cause === "edited") return;
      if (cause !== null)
        await tellMoments(world, parts.records, service.name, {
          fate: "missed",
          moments: [moment],
          more: 0,
          cause,
        });
      entry.last = Math.max(entry.last, moment);
      return;
    }
    const cause = act.kind === "paused" ? whilePaused(act.pause) : UNARMED;
    const { moments, more } = act;
    await tellMoments(
      world,
      parts.records,
      service.name,
      { fate: act.kind, moments, more, cause },
      act.until,
    );
    entry.last = Math.max(entry.last, act.until);
  }

  async function answered(entry: Entry, act: Act, cancel: AbortSignal): Promise<void> {
    try {
      await answer(entry, act);
    } catch (thrown) {
      const { code, message } = toFailure(thrown);
      world.log.error("moment-not-answered", { service: entry.service.name, code, message });
      await world.clock.sleep(STORE_AGAIN_MS, cancel);
    } finally {
      entry.busy = false;
      entry.wakeAt = 0;
      bell.ring();
    }
  }

  /** Starts what is due; resolves to how long nothing else will be. */
  function look(): number {
    const now = world.clock.nowMs();
    let restMs = LOOK_EVERY_MS;
    const acts: { readonly entry: Entry; readonly act: Act }[] = [];
    for (const entry of entries.values()) {
      if (entry.busy) continue;
      if (entry.wakeAt <= now) {
        const { service, last } = entry;
        const asked = due(service, { last, now, leadMs: leads.of(service.name), pauses }, calendar);
        if (asked.kind === "none") entry.wakeAt = Number.POSITIVE_INFINITY;
        else if (asked.kind === "wait") entry.wakeAt = asked.until;
        else acts.push({ entry, act: asked });
      }
      restMs = Math.min(restMs, Math.max(1, entry.wakeAt - now));
    }
    // Where the control device itself is the limit, whoever matters most goes first.
    acts.sort((a, b) => b.entry.service.policy.priority - a.entry.service.policy.priority);
    for (const { entry, act } of acts) {
      entry.busy = true;
      tasks.start("answer-policy", (cancel) => answered(entry, act, cancel));
    }
    return restMs;
  }

  async function run(cancel: AbortSignal): Promise<void> {
    while (!cancel.aborted) {
      const awake = new AbortController();
      const signal = AbortSignal.any([cancel, awake.signal]);
      const rung = bell.next(signal);
      try {
        if (stale) await read();
        const rest = world.clock.sleep(look(), signal);
        // Whichever comes second is cancelled.
        await Promise.race([rung, rest.catch(() => undefined)]);
      } finally {
        awake.abort();
      }
    }
  }

  return {
    start: () => tasks.start("scheduler", run),
    changed() {
      stale = true;
      bell.ring();
    },
    again(service) {
      const entry = entries.get(service);
      if (entry) entry.wakeAt = 0;
      bell.ring();
    },
  };
}
