/**
 * The lease under which an agent works while others stand by. It runs from the instant at which the control device was asked for the
 * time, and was answered that this agent acts; so it ends before the control device, which heard that question later, lets another
 * take over. It is measured on this machine's elapsed time alone, and can only end work early.
 */
import { LEASE_MS } from "@coeval/contract/wire/link";
import type { Clock } from "@coeval/core/ports/clock";
import type { Appointment } from "@coeval/store/agent/appointment";

export interface Lease {
  /** Whether work may go on, right now. */
  readonly held: boolean;
  /** The term that instructions must name; null while another agent acts, or none was appointed. */
  readonly term: number | null;
  /** The newest appointment; null before the first. */
  readonly current: Appointment | null;
  /** Others stand by, and may have to go on with what this agent began; or have acted before, and left what it does not know of. */
  readonly others: boolean;
  appointed(appointment: Appointment): void;
  /** The control device answered a question that was asked then, saying in which term this agent acts. */
  renewed(askedElapsedMs: number, term: number | null): void;
  /** Tells whenever work must stop, and whenever it may go on. Ends when cancelled. */
  watch(changed: (held: boolean) => void, cancel: AbortSignal): Promise<void>;
}

export function createLease(clock: Clock, stored: Appointment | null): Lease {
  let appointment = stored;
  let untilElapsedMs = Number.NEGATIVE_INFINITY;
  let stirred = Promise.withResolvers<void>();
  const stir = (): void => {
    stirred.resolve();
    stirred = Promise.withResolvers<void>();
  };
  const held = (): boolean => {
    if (!appointment) return true;
    if (!appointment.acting) return false;
    return !appointment.leased || clock.elapsedMs() < untilElapsedMs;
  };
  return {
    get held() {
      return held();
    },
    get term() {
      return appointment?.acting ? appointment.term : null;
    },
    get current() {
      return appointment;
    },
    get others() {
      return appointment !== null && (appointment.leased || appointment.term > 1);
    },
    appointed(next) {
      // A lease is of one term.
      if (appointment?.term !== next.term) untilElapsedMs = Number.NEGATIVE_INFINITY;
      appointment = next;
      stir();
    },
    renewed(askedElapsedMs, term) {
      if (!appointment?.acting || term !== appointment.term) return;
      const before = held();
      untilElapsedMs = Math.max(untilElapsedMs, askedElapsedMs + LEASE_MS);
      if (held() !== before) stir();
    },
    async watch(changed, cancel) {
      cancel.addEventListener("abort", stir, { once: true });
      let was = held();
      while (!cancel.aborted) {
        const timer = new AbortController();
        const change = stirred.promise;
        if (appointment?.leased && was)
          void clock
            .sleep(Math.max(0, untilElapsedMs - clock.elapsedMs()), timer.signal)
            .then(stir, () => undefined);
        await change;
        timer.abort("stirred");
        if (cancel.aborted || held() === was) continue;
        was = !was;
        changed(was);
      }
    },
  };
}
