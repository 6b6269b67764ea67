/**
 * The shared clock: the control device's time, measured over the link. Of the last exchanges the one with the smallest
 * bound now counts; its age adds 500 ppm, the worst drift of a computer's oscillator (semantics.md, Clock).
 */
import type { Clock, ClockReading, SharedClock } from "@coeval/core/ports/clock";

/** Drift assumed between two exchanges. */
const DRIFT = 500e-6;
/** Exchanges remembered. */
const SAMPLES_MAX = 16;
/** A slow exchange says nothing. */
const ROUND_TRIP_MS_MAX = 5000;

interface Sample {
  readonly atElapsedMs: number;
  readonly offsetMs: number;
  readonly halfTripMs: number;
}

export interface MeasuredClock extends SharedClock {
  /** Takes one exchange in: when it was asked, when it was answered (elapsed ms), and what the source's clock showed in between. */
  measured(askedElapsedMs: number, answeredElapsedMs: number, sourceNowMs: number): void;
  /** Forgets everything: another source. */
  reset(source: string): void;
}

export function createSharedClock(clock: Clock): MeasuredClock {
  let source = "";
  let samples: Sample[] = [];
  return {
    get source() {
      return source;
    },
    reset(name) {
      if (name === source) return;
      source = name;
      samples = [];
    },
    measured(asked, answered, now) {
      const trip = answered - asked;
      if (trip < 0 || trip > ROUND_TRIP_MS_MAX) return;
      samples.push({ atElapsedMs: answered, offsetMs: now - (asked + answered) / 2, halfTripMs: trip / 2 });
      if (samples.length > SAMPLES_MAX) samples = samples.slice(-SAMPLES_MAX);
    },
    reading() {
      const elapsed = clock.elapsedMs();
      let best: ClockReading | null = null;
      for (const sample of samples) {
        const ageMs = elapsed - sample.atElapsedMs;
        const errorMs = sample.halfTripMs + ageMs * DRIFT;
        if (!best || errorMs < best.errorMs) best = { source, offsetMs: sample.offsetMs, errorMs, ageMs };
      }
      return best;
    },
  };
}
