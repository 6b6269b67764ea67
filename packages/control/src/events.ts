/** Events: what changed, for live views, from the store: a reader that was away goes on where it was. */
import type { Instant } from "@coeval/core/model/instant";
import { eventLast } from "@coeval/store/control/event-last";
import { eventList } from "@coeval/store/control/event-list";
import type { ControlQueries } from "@coeval/store/control/tables";
import type { Bell } from "./bell.ts";
import { limitOf } from "./call.ts";
import type { Details, EventKind } from "./records.ts";
import type { Tasks } from "./tasks.ts";

const PAGE_EVENTS = 100;

export interface Events {
  /** Events after `sequence`, oldest first, at most `limit` (1…500). Those beyond EVENTS_KEPT_MAX are gone. */
  since(sequence: number, limit: number): Promise<ControlEvent[]>;
  /** The newest event's sequence; 0 when there was none. */
  last(): Promise<number>;
  /** The same, then every later one as it happens, until cancelled (ends without an error) or the control device stops. Pulled: a slow reader holds nothing up. */
  subscribe(sequence: number, cancel: AbortSignal): AsyncIterable<ControlEvent>;
}

/** `object`: `cluster/east`, `service/orders`, `run/run-…`, `point/point-…`. `details` is small: read the object for the rest. */
export interface ControlEvent {
  readonly sequence: number;
  readonly at: Instant;
  readonly kind: EventKind;
  readonly object: string;
  readonly details: Details;
}

export function createEvents({ db, bell, tasks }: { db: ControlQueries; bell: Bell; tasks: Tasks }): Events {
  async function since(sequence: number, limit: number): Promise<ControlEvent[]> {
    const found = await eventList(db, sequence, limitOf({ limit }));
    return found.map((event) => ({
      ...event,
      kind: event.kind as EventKind,
      details: JSON.parse(event.details) as Details,
    }));
  }

  return {
    since,
    last: () => eventLast(db),
    async *subscribe(sequence, cancel) {
      const ended = AbortSignal.any([cancel, tasks.cancel]);
      let last = sequence;
      while (!ended.aborted) {
        // Taken before looking: what is stored while we look rings it.
        const next = bell.next(ended);
        const events = await since(last, PAGE_EVENTS);
        for (const event of events) {
          if (ended.aborted) return;
          yield event;
          last = event.sequence;
        }
        if (events.length === 0) await next;
      }
    },
  };
}
