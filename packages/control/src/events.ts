import type { Instant } from "@coeval/core/model/instant";
import type { Details, EventKind } from "./records.ts";

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
