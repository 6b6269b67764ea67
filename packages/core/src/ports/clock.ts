/** Time as the domain needs it: the shared instant and elapsed time are different things and are asked for by name. */
import type { TimeServer } from "./time-source.ts";

export interface Clock {
  /** This process's wall clock, in ms since 1970-01-01T00:00:00Z, with a fraction. It may step and drift; never subtract two of them. */
  nowMs(): number;
  /** Elapsed ms since an arbitrary start, with a fraction; never steps back. The only base for timers, time-outs and leases. */
  elapsedMs(): number;
  /** Resolves after at least `ms` of elapsed time; rejects with the signal's reason when cancelled first. */
  sleep(ms: number, cancel?: AbortSignal): Promise<void>;
}

/** The one clock source as this process knows it: wall time of the source, with a proven error bound. */
export interface SharedClock {
  /** The name of the source that all parties of a service must share, e.g. `control:3f9a…` or `ntp://time.example.org`. */
  readonly source: string;
  /** What is known of the source now; null until the first reading. */
  reading(): ClockReading | null;
  /** Who answers for the source; null when it is the control device, or nobody has answered yet. */
  readonly server: TimeServer | null;
  /** Why the source could not be read last; null when it could. */
  readonly failure: string | null;
  /** How far this process's view of the source is ahead of the control device's, as measured over the link; null when it is the same clock, or not known. */
  apart(): Apart | null;
  /** A moment comes: the source is read closely around it. In ms since 1970 on the source. */
  expect(moment: number): void;
  /** Resolves once the source was asked at or after this elapsed time and has answered. @throws CoevalError `clock-source` after some attempts. */
  readSince(elapsedMs: number, cancel: AbortSignal): Promise<void>;
}

/** The difference of two views of one clock: `offsetMs`, wrong by at most `errorMs`. */
export interface Apart {
  readonly offsetMs: number;
  readonly errorMs: number;
}

/**
 * A measured relation between elapsed time and the source's wall time:
 * the source shows `elapsedMs + offsetMs`, wrong by at most `errorMs`.
 */
export interface ClockReading {
  readonly source: string;
  readonly offsetMs: number;
  /** Bound of the error now: half the round trip of the best exchange + its age × 500 ppm. */
  readonly errorMs: number;
  /** How old the exchange is that this rests on. */
  readonly ageMs: number;
  /** How long ago the source was read last, whether or not this rests on it. */
  readonly readAgoMs: number;
}
