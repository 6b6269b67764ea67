/** Watches an NTP source: asks it at a polite pace and closely around every moment, and feeds what it says to a measured clock. */
import { CoevalError } from "../errors.ts";
import type { TimeServer } from "../ports/time-source.ts";
import { createTimeAsker, type TimeAskerParts } from "./time-asker.ts";

/** Exchanges at the start. */
export const FIRST_EXCHANGES = 4;
/** Between two exchanges at the start and near a moment: the pace of NTP's own initial burst. */
export const CLOSE_EVERY_MS = 2000;
/** The pace when nothing is near. At 500 ppm the bound grows by 2 ms between two exchanges. */
export const POLL_EVERY_MS = 4000;
/** The slowest that a server's RATE makes us. */
export const POLL_EVERY_MS_MAX = 64_000;
/** The source is read within this before and after each moment. */
export const AROUND_MS = 10_000;
/** Exchanges tried before a reading that is wanted now is given up. */
export const READ_ATTEMPTS = 3;
/** Moments remembered; the nearest count. */
const MOMENTS_MAX = 1000;

/** A source that is watched. */
export interface TimeWatch {
  readonly server: TimeServer | null;
  /** Why the last exchange brought nothing; null when it did. */
  readonly failure: string | null;
  /** The source is read closely around this instant on it. */
  expect(moment: number): void;
  /** Resolves once the source was asked at or after this elapsed time and has answered. @throws CoevalError `clock-source`. */
  readSince(elapsedMs: number, cancel?: AbortSignal): Promise<void>;
  /** Asks until cancelled, or refused for good. Never rejects. */
  run(cancel: AbortSignal): Promise<void>;
}

/** A watch that asks nothing before `run` or `readSince`. */
export function createTimeWatch(parts: TimeAskerParts): TimeWatch {
  const { clock, measured } = parts;
  let moments: number[] = [];
  let everyMs = POLL_EVERY_MS;
  const asker = createTimeAsker(parts, () => {
    everyMs = Math.min(POLL_EVERY_MS_MAX, everyMs * 2);
  });

  /** Ms until the next question. */
  function paceMs(asked: number): number {
    // A server that wanted less of us is hurried by nothing.
    if (everyMs > POLL_EVERY_MS) return everyMs;
    if (asked < FIRST_EXCHANGES) return CLOSE_EVERY_MS;
    const reading = measured.reading();
    if (!reading) return everyMs;
    const now = clock.elapsedMs() + reading.offsetMs;
    moments = moments.filter((moment) => moment >= now - AROUND_MS);
    const nearestMs = Math.min(...moments.map((moment) => Math.max(0, moment - AROUND_MS - now)));
    return Math.max(CLOSE_EVERY_MS, Math.min(everyMs, nearestMs));
  }

  return {
    get server() {
      return asker.server;
    },
    get failure() {
      return asker.failure;
    },
    expect(moment) {
      if (moments.includes(moment)) return;
      moments.push(moment);
      if (moments.length > MOMENTS_MAX) moments = moments.toSorted((a, b) => a - b).slice(0, MOMENTS_MAX);
    },
    async readSince(elapsedMs, cancel) {
      const sinceMs = Math.min(elapsedMs, clock.elapsedMs());
      for (let attempt = 1; asker.answeredOfMs < sinceMs; attempt++) {
        if (everyMs > POLL_EVERY_MS && clock.elapsedMs() - asker.askedMs < everyMs)
          throw new CoevalError("clock-source", asker.failure ?? `${measured.source} was asked just now`);
        try {
          // Not cancelled with the reader: others may wait for the same answer, and it has its own time-out.
          await asker.ask();
        } catch (thrown) {
          if (attempt >= READ_ATTEMPTS || asker.denied) throw thrown;
        }
        cancel?.throwIfAborted();
      }
    },
    async run(cancel) {
      for (let asked = 1; !cancel.aborted && !asker.denied; asked++) {
        // What failed is kept in `failure`, told once, and shown; the next question comes in its turn.
        await asker.ask(cancel).catch(() => undefined);
        await clock.sleep(paceMs(asked), cancel).catch(() => undefined);
      }
    },
  };
}
