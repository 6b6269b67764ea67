/**
 * Watches an NTP source: asks it at a polite pace, closely around every moment, and feeds what it says to a measured clock.
 * A kiss of death is obeyed: RATE slows the pace for good, DENY and RSTR end it.
 */
import { CoevalError, toFailure } from "../errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { TimeExchange, TimeServer, TimeSource } from "../ports/time-source.ts";
import type { MeasuredClock } from "./measured-clock.ts";

/** Exchanges at the start, and between them: the pace of NTP's own initial burst. */
export const FIRST_EXCHANGES = 4;
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
  /** Asks until cancelled. Never rejects. */
  run(cancel: AbortSignal): Promise<void>;
}

/** What a watch works with. */
export interface TimeWatchParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly source: TimeSource;
  /** What the exchanges are fed to. */
  readonly measured: MeasuredClock;
}

/** @returns a watch that asks nothing before `run` or `readSince`. */
export function createTimeWatch({ clock, log, source, measured }: TimeWatchParts): TimeWatch {
  let server: TimeServer | null = null;
  let failure: string | null = null;
  let everyMs = POLL_EVERY_MS;
  /** Set by DENY or RSTR. */
  let denied: string | null = null;
  let moments: number[] = [];
  let askedMs = Number.NEGATIVE_INFINITY;
  let answeredOf = Number.NEGATIVE_INFINITY;
  let going: Promise<void> | null = null;

  /** One exchange; one at a time. @throws CoevalError `clock-source`. */
  function ask(cancel?: AbortSignal): Promise<void> {
    going ??= once(cancel).finally(() => void (going = null));
    return going;
  }

  async function once(cancel?: AbortSignal): Promise<void> {
    if (denied !== null) throw new CoevalError("clock-source", denied);
    askedMs = clock.elapsedMs();
    try {
      const answer = await source.exchange(cancel);
      if (answer.kind === "refused") throw obey(answer.code, answer.address);
      take(answer);
      if (failure !== null) log.info("clock-source-answers", { source: measured.source });
      failure = null;
    } catch (thrown) {
      const { message } = toFailure(thrown);
      if (cancel?.aborted) throw thrown;
      if (message !== failure) log.warn("clock-source", { source: measured.source, why: message });
      failure = message;
      throw thrown;
    }
  }

  function take(answer: TimeExchange): void {
    if (server !== null && server.address !== answer.server.address) {
      // Another server is another clock, whatever its name.
      log.warn("clock-server-changed", { from: server.address, to: answer.server.address });
      measured.forget();
    }
    server = answer.server;
    const { askedElapsedMs, answeredElapsedMs, receivedMs, transmittedMs, precisionMs } = answer;
    const exchange = { askedElapsedMs, answeredElapsedMs, receivedMs, transmittedMs, errorMs: precisionMs };
    if (!measured.exchanged(exchange)) {
      const figures = `${(answeredElapsedMs - askedElapsedMs).toFixed(3)} ms there and back, held for ${(transmittedMs - receivedMs).toFixed(3)} ms`;
      throw new CoevalError("clock-source", `${server.address} gave an answer that cannot be: ${figures}`);
    }
    answeredOf = Math.max(answeredOf, askedElapsedMs);
  }

  function obey(code: string, address: string): CoevalError {
    if (code === "DENY" || code === "RSTR") {
      denied = `${address} refuses this machine (${code}); it is not asked again before a restart`;
      return new CoevalError("clock-source", denied);
    }
    if (code !== "RATE")
      return new CoevalError("clock-source", `${address} has no time to give now (${code})`);
    everyMs = Math.min(POLL_EVERY_MS_MAX, everyMs * 2);
    return new CoevalError("clock-source", `${address} wants to be asked less often (RATE)`);
  }

  /** Ms until the next question. */
  function paceMs(asked: number): number {
    if (everyMs > POLL_EVERY_MS) return everyMs;
    if (asked < FIRST_EXCHANGES) return CLOSE_EVERY_MS;
    const reading = measured.reading();
    if (!reading) return everyMs;
    const now = clock.elapsedMs() + reading.offsetMs;
    moments = moments.filter((moment) => moment >= now - AROUND_MS);
    // Asked a little before the 10 s begin, the next question would fall into them late.
    const nearestMs = Math.min(...moments.map((moment) => Math.max(0, moment - AROUND_MS - now)));
    return Math.max(CLOSE_EVERY_MS, Math.min(everyMs, nearestMs));
  }

  return {
    get server() {
      return server;
    },
    get failure() {
      return failure;
    },
    expect(moment) {
      if (moments.includes(moment)) return;
      moments.push(moment);
      if (moments.length > MOMENTS_MAX) moments = moments.toSorted((a, b) => a - b).slice(0, MOMENTS_MAX);
    },
    async readSince(elapsedMs, cancel) {
      const sinceMs = Math.min(elapsedMs, clock.elapsedMs());
      for (let attempt = 1; answeredOf < sinceMs; attempt++) {
        if (everyMs > POLL_EVERY_MS && clock.elapsedMs() - askedMs < everyMs)
          throw new CoevalError("clock-source", failure ?? `${measured.source} wants to be asked less often`);
        try {
          // Not cancelled with the reader: others may wait for the same answer, and it has its own time-out.
          await ask();
          cancel?.throwIfAborted();
        } catch (thrown) {
          cancel?.throwIfAborted();
          if (attempt >= READ_ATTEMPTS || denied !== null) throw thrown;
        }
      }
    },
    async run(cancel) {
      for (let asked = 1; !cancel.aborted && denied === null; asked++) {
        // What failed is kept in `failure`, told once, and shown; the next question comes in its turn.
        await ask(cancel).catch(() => undefined);
        await clock.sleep(paceMs(asked), cancel).catch(() => undefined);
      }
    },
  };
}
