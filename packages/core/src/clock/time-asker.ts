/** Asks an NTP source, one question at a time, and feeds the answers to a measured clock. A kiss of death is obeyed. */
import { CoevalError, toFailure } from "../errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { TimeExchange, TimeServer, TimeSource } from "../ports/time-source.ts";
import type { MeasuredClock } from "./measured-clock.ts";

/** What asks. */
export interface TimeAsker {
  readonly server: TimeServer | null;
  /** Why the last question brought nothing; null when it did. */
  readonly failure: string | null;
  /** DENY or RSTR came: nothing is asked any more. */
  readonly denied: boolean;
  /** Elapsed ms of the last question, and of the last one that was answered; minus infinity before. */
  readonly askedMs: number;
  readonly answeredOfMs: number;
  /** One question, or the one that is on its way. @throws CoevalError `clock-source`. */
  ask(cancel?: AbortSignal): Promise<void>;
}

/** What an asker works with. */
export interface TimeAskerParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly source: TimeSource;
  /** What the exchanges are fed to. */
  readonly measured: MeasuredClock;
}

/** An asker that has asked nothing yet. @param slower is called when the server wants to be asked less often. */
export function createTimeAsker(parts: TimeAskerParts, slower: () => void): TimeAsker {
  const { clock, log, source, measured } = parts;
  let server: TimeServer | null = null;
  let failure: string | null = null;
  let denied: string | null = null;
  let askedMs = Number.NEGATIVE_INFINITY;
  let answeredOfMs = Number.NEGATIVE_INFINITY;
  let going: Promise<void> | null = null;

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
      if (cancel?.aborted) throw thrown;
      const { message } = toFailure(thrown);
      if (message !== failure) log.warn("clock-source", { source: measured.source, why: message });
      failure = message;
      throw thrown;
    }
  }

  function take(answer: TimeExchange): void {
    const { askedElapsedMs, answeredElapsedMs, receivedMs, transmittedMs, precisionMs } = answer;
    if (server !== null && server.address !== answer.server.address) {
      // Another server is another clock, whatever its name.
      log.warn("clock-server-changed", { from: server.address, to: answer.server.address });
      measured.forget();
    }
    server = answer.server;
    const exchange = { askedElapsedMs, answeredElapsedMs, receivedMs, transmittedMs, errorMs: precisionMs };
    if (!measured.exchanged(exchange)) {
      const figures = `${(answeredElapsedMs - askedElapsedMs).toFixed(3)} ms there and back, held for ${(transmittedMs - receivedMs).toFixed(3)} ms`;
      throw new CoevalError("clock-source", `${server.address} gave an answer that cannot be: ${figures}`);
    }
    answeredOfMs = Math.max(answeredOfMs, askedElapsedMs);
  }

  function obey(code: string, address: string): CoevalError {
    if (code === "RATE") slower();
    else if (code === "DENY" || code === "RSTR") denied = refusalOf(code, address);
    return new CoevalError("clock-source", refusalOf(code, address));
  }

  return {
    get server() {
      return server;
    },
    get failure() {
      return failure;
    },
    get denied() {
      return denied !== null;
    },
    get askedMs() {
      return askedMs;
    },
    get answeredOfMs() {
      return answeredOfMs;
    },
    ask(cancel) {
      going ??= once(cancel).finally(() => void (going = null));
      return going;
    },
  };
}

/** What a kiss of death means (RFC 5905, section 7.4). */
function refusalOf(code: string, address: string): string {
  if (code === "RATE") return `${address} wants to be asked less often (RATE)`;
  if (code === "DENY" || code === "RSTR")
    return `${address} refuses this machine (${code}); it is not asked again before a restart`;
  return `${address} has no time to give now (${code})`;
}
