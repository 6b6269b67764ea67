/** Time as the domain needs it: the shared instant and elapsed time are different things and are asked for by name. */

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
  /** The name of the source that all parties of a service must share, e.g. `control:3f9a…`. */
  readonly source: string;
  /** What is known of the source now; null until the first reading. */
  reading(): ClockReading | null;
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
}
