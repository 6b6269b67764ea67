/**
 * The scheduler: has each moment of each policy armed its lead before it, and has every moment told that was not taken. What a policy was
 * answered is stored with the answer, so each of its moments has exactly one fate.
 *
 * Services do not wait for each other: each is answered by a task of its own; the loop only looks who is next.
 */
import { toFailure } from "@coeval/core/errors";
import type { World } from "@coeval/core/ports/world";
import { type AnswerParts, answerPolicy } from "./answer-policy.ts";
import { createBell } from "./bell.ts";
import { type Call, createSchedule, type ScheduleParts } from "./schedule.ts";

/** The clock may be set: it is looked at this often. */
export const LOOK_EVERY_MS = 1000;
/** Between two looks at least: answers that come one after the other are looked at together. */
const LOOK_APART_MS = 20;
/** What could not be read or stored is tried again after this. */
const STORE_AGAIN_MS = 2000;

export type SchedulerParts = ScheduleParts & AnswerParts;

export interface Scheduler {
  /** Begins to answer, until the tasks are stopped. */
  start(): void;
  /** Services or pauses have changed: they are read anew. */
  changed(): void;
  /** Of this one service something else has changed: its lead, or a run of it has ended. */
  again(service: string): void;
}

export function createScheduler(world: World, parts: SchedulerParts): Scheduler {
  const { tasks } = parts;
  const bell = createBell();
  const schedule = createSchedule(world, parts);
  let stale = true;

  async function failed(what: string, thrown: unknown, cancel: AbortSignal): Promise<void> {
    const { code, message } = toFailure(thrown);
    world.log.error(what, { code, message });
    await world.clock.sleep(STORE_AGAIN_MS, cancel);
  }

  async function answer({ entry, act }: Call, cancel: AbortSignal): Promise<void> {
    const { service, version } = entry;
    try {
      const last = await answerPolicy(world, parts, service, act, () => entry.version === version);
      entry.last = Math.max(entry.last, last ?? entry.last);
    } catch (thrown) {
      if (!cancel.aborted) await failed(`policy-not-answered ${service.name}`, thrown, cancel);
    } finally {
      entry.busy = false;
      entry.wakeAt = 0;
      bell.ring();
    }
  }

  async function run(cancel: AbortSignal): Promise<void> {
    while (!cancel.aborted) {
      const awake = new AbortController();
      const signal = AbortSignal.any([cancel, awake.signal]);
      // Taken before looking: what changes from now on is seen.
      const rung = bell.next(signal);
      try {
        if (stale) {
          stale = false;
          await schedule.read();
        }
        const now = world.clock.nowMs();
        const { calls, nextAt } = schedule.look(now);
        for (const call of calls) {
          call.entry.busy = true;
          tasks.start("answer-policy", (stopping) => answer(call, stopping));
        }
        const rest = world.clock.sleep(Math.min(LOOK_EVERY_MS, Math.max(1, nextAt - now)), signal);
        // Whichever comes second is cancelled.
        await Promise.race([rung, rest.catch(() => undefined)]);
        await world.clock.sleep(LOOK_APART_MS, cancel);
      } catch (thrown) {
        stale = true;
        if (!cancel.aborted) await failed("schedule-not-read", thrown, cancel);
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
      schedule.again(service);
      bell.ring();
    },
  };
}
