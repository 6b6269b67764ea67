/**
 * The shared clock: the control device's time, measured over the link. Of the last exchanges the one with the smallest
 * bound now counts; its age adds 500 ppm, the worst drift of a computer's oscillator (semantics.md, Clock).
 */
import type { Clock, ClockReading, SharedClock } from "@coeval/core/ports/clock";

/** Drift assumed of this machine's elapsed time against the source's, as a share. */
export const DRIFT = 500e-6;
/** Exchanges remembered. */
const SAMPLES_MAX = 16;
/** A slow exchange says nothing. */
const ROUND_TRIP_MS_MAX = 5000;

interface Sample {
  /** The clocks have drifted apart since the source was read, which was at the asking at the earliest. */
  readonly askedElapsedMs: number;
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
      const sample = { askedElapsedMs: asked, offsetMs: now - (asked + answered) / 2, halfTripMs: trip / 2 };
      // What the new exchange contradicts was measured before the source's clock was set.
      samples = samples.filter((earlier) => agree(earlier, sample, answered)).slice(1 - SAMPLES_MAX);
      samples.push(sample);
    },
    reading() {
      const elapsed = clock.elapsedMs();
      let best: ClockReading | null = null;
      for (const sample of samples) {
        const errorMs = errorAt(sample, elapsed);
        const ageMs = elapsed - sample.askedElapsedMs;
        if (!best || errorMs < best.errorMs) best = { source, offsetMs: sample.offsetMs, errorMs, ageMs };
      }
      return best;
    },
  };
}

function errorAt(sample: Sample, elapsedMs: number): number {
  return sample.halfTripMs + (elapsedMs - sample.askedElapsedMs) * DRIFT;
}

function agree(a: Sample, b: Sample, elapsedMs: number): boolean {
  return Math.abs(a.offsetMs - b.offsetMs) <= errorAt(a, elapsedMs) + errorAt(b, elapsedMs);
}
