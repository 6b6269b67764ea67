/**
 * A clock elsewhere, measured by exchanges with it. Of the last exchanges the one with the smallest bound now counts; its age adds
 * 500 ppm, the worst drift of a computer's oscillator (semantics.md, Clock).
 */
import type { Clock, ClockReading } from "../ports/clock.ts";

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

/** One exchange with a clock. */
export interface Exchange {
  /** Elapsed ms when it was asked, and when the answer had come. */
  readonly askedElapsedMs: number;
  readonly answeredElapsedMs: number;
  /** What the source's clock showed when the question came there, and when the answer left. */
  readonly receivedMs: number;
  readonly transmittedMs: number;
  /** How wrong the source's own word may be on top, in ms. */
  readonly errorMs: number;
}

/** What is known of one clock elsewhere. */
export interface MeasuredClock {
  readonly source: string;
  /** Null before the first exchange. */
  reading(): ClockReading | null;
  /** Takes one exchange in. False when it cannot be, or took too long: then it says nothing. */
  exchanged(exchange: Exchange): boolean;
  /** Forgets everything when it is another source, or another server that stands for it. */
  reset(source: string): void;
  /** Forgets everything. */
  forget(): void;
}

/** A clock of which nothing is known yet. @param clock of this process; only its elapsed time is used. */
export function createMeasuredClock(clock: Pick<Clock, "elapsedMs">): MeasuredClock {
  let source = "";
  let samples: Sample[] = [];
  let lastAskedMs = 0;
  const forget = (): void => void (samples = []);
  return {
    get source() {
      return source;
    },
    reset(name) {
      if (name === source) return;
      source = name;
      forget();
    },
    forget,
    exchanged({ askedElapsedMs, answeredElapsedMs, receivedMs, transmittedMs, errorMs }) {
      const heldMs = transmittedMs - receivedMs;
      const tripMs = answeredElapsedMs - askedElapsedMs - heldMs;
      // Both ends round: an answer within the same microseconds may seem to have taken less than nothing.
      if (heldMs < 0 || tripMs < -2 * errorMs || tripMs > ROUND_TRIP_MS_MAX) return false;
      const sample = {
        askedElapsedMs,
        offsetMs: (receivedMs + transmittedMs) / 2 - (askedElapsedMs + answeredElapsedMs) / 2,
        halfTripMs: Math.max(0, tripMs) / 2 + errorMs,
      };
      // What the new exchange contradicts was measured before the source's clock was set.
      samples = samples.filter((earlier) => agree(earlier, sample, answeredElapsedMs)).slice(1 - SAMPLES_MAX);
      samples.push(sample);
      lastAskedMs = askedElapsedMs;
      return true;
    },
    reading() {
      const elapsed = clock.elapsedMs();
      let best: ClockReading | null = null;
      for (const sample of samples) {
        const errorMs = errorAt(sample, elapsed);
        const ageMs = elapsed - sample.askedElapsedMs;
        const readAgoMs = elapsed - lastAskedMs;
        if (!best || errorMs < best.errorMs)
          best = { source, offsetMs: sample.offsetMs, errorMs, ageMs, readAgoMs };
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
