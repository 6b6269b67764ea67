import type { ControlWrites } from "@coeval/store/control/tables";
import type { Json } from "@coeval/core/model/canonical";
import type { Instant } from "@coeval/core/model/instant";

export type Details = { readonly [key: string]: Json | undefined };

/** One transaction, with what must be written beside an effect. */
export interface Tx {
  readonly trx: ControlWrites;
  /** The instant of this transaction: control's clock, which is the shared clock. */
  readonly now: Instant;
  /** Appends the audit row of an effect. `what`: noun.verb, e.g. `service.apply`; `object`: e.g. `service/orders`. Never a secret. */
  audit(who: string, what: string, object: string, details?: Details): Promise<void>;
  /** Tells live views of a change. */
  event(kind: EventKind, object: string, details?: Details): Promise<void>;
  /** A line of a run's log. */
  log(run: string, text: string): Promise<void>;
}

export type EventKind = "cluster" | "agent" | "service" | "run" | "point" | "token";

export interface Records {
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}
