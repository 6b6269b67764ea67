/**
 * Every change is one transaction that holds the effect, its audit row, and the event that tells live views of it:
 * all of them or none.
 */
import { canonical, type Json } from "@coeval/core/model/canonical";
import type { Instant } from "@coeval/core/model/instant";
import type { World } from "@coeval/core/ports/world";
import { auditAppend } from "@coeval/store/control/audit-append";
import { eventAppend } from "@coeval/store/control/event-append";
import { runLogAppend } from "@coeval/store/control/run-log-append";
import type { ControlDatabase, ControlWrites } from "@coeval/store/control/tables";
import type { Bell } from "./bell.ts";

export interface Records {
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

/** One transaction, with what must be written beside an effect. */
export interface Tx {
  readonly trx: ControlWrites;
  /** The instant of this transaction: control's clock, which is the shared clock. */
  readonly now: Instant;
  /** Appends the audit row of an effect. `what`: noun.verb, e.g. `service.apply`; `object`: e.g. `service/orders`. Never a secret. */
  audit(who: string, what: string, object: string, details?: Details): Promise<void>;
  /** Tells live views of a change. */
  event(kind: EventKind, object: string, details?: Details): Promise<void>;
  /** A line of a run's log. @param at when it came about, as an agent says; a later instant than now is now. */
  log(run: string, text: string, at?: Instant | null): Promise<void>;
}

export type Details = { readonly [key: string]: Json | undefined };

export type EventKind = "cluster" | "agent" | "service" | "run" | "point" | "token";

/** @param bell is rung after each transaction that told of an event. */
export function createRecords(world: World, database: ControlDatabase, bell: Bell): Records {
  return {
    async write(work) {
      let told = false;
      const result = await database.write((trx) => {
        const now = world.clock.nowMs();
        return work({
          trx,
          now,
          audit: (who, what, object, details = {}) =>
            auditAppend(trx, world.hash, { at: now, who, what, object, details }),
          event: (kind, object, details = {}) => {
            told = true;
            return eventAppend(trx, { at: now, kind, object, details: canonical(details) });
          },
          log: (run, text, at) => runLogAppend(trx, { run, at: Math.min(at ?? now, now), text }),
        });
      });
      if (told) bell.ring();
      return result;
    },
  };
}
