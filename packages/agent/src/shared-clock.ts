/**
 * The shared clock beside a cluster. Its source is what the control device names: its own clock, measured over the link, or an NTP
 * server, which the agent asks itself; then the link tells how far the two views of that server are apart.
 */
import { createMeasuredClock, type MeasuredClock } from "@coeval/core/clock/measured-clock";
import { isNtp } from "@coeval/core/clock/source-name";
import { createTimeWatch, type TimeWatch } from "@coeval/core/clock/time-watch";
import { toFailure } from "@coeval/core/errors";
import type { Clock, SharedClock } from "@coeval/core/ports/clock";
import type { Log } from "@coeval/core/ports/log";
import type { OpenTimeSource } from "@coeval/core/ports/time-source";

/** How an agent reaches NTP servers. */
export interface TimeServers {
  readonly open: OpenTimeSource;
  readonly log: Log;
  /** What is asked instead of the source's own name: the same server, by the name it has here. Null for the name itself. */
  readonly localUrl: string | null;
}

export interface AgentClock extends SharedClock {
  /** From now on this is the source; another one begins from nothing. */
  reset(source: string): void;
  /** Takes one exchange over the link in: when it was asked, when it was answered (elapsed ms), what the control device's view of the source showed in between, and how wrong that may be. */
  measured(askedElapsedMs: number, answeredElapsedMs: number, controlNowMs: number, errorMs?: number): void;
  /** Asks nobody any more. */
  stop(): void;
}

/** @param servers null where there is no way to an NTP server: a source that is one is never read then. */
export function createSharedClock(clock: Clock, servers: TimeServers | null = null): AgentClock {
  const link = createMeasuredClock(clock);
  const ntp = createMeasuredClock(clock);
  let source = "";
  let watched: { readonly watch: TimeWatch; readonly cancel: AbortController } | null = null;
  let failure: string | null = null;
  const ofSource = (): MeasuredClock => (isNtp(source) ? ntp : link);

  function follow(name: string): void {
    watched?.cancel.abort("another source");
    watched = null;
    failure = null;
    if (!isNtp(name)) return;
    if (!servers) return void (failure = "this agent has no way to an NTP server");
    try {
      const opened = servers.open(servers.localUrl ?? name);
      const watch = createTimeWatch({ clock, log: servers.log, source: opened, measured: ntp });
      watched = { watch, cancel: new AbortController() };
      void watch.run(watched.cancel.signal);
    } catch (thrown) {
      failure = toFailure(thrown).message;
      servers.log.error("clock-source", { source: name, why: failure });
    }
  }

  return {
    get source() {
      return source;
    },
    get server() {
      return watched?.watch.server ?? null;
    },
    get failure() {
      return watched?.watch.failure ?? failure;
    },
    reset(name) {
      if (name === source) return;
      source = name;
      link.reset(`link of ${name}`);
      ntp.reset(name);
      follow(name);
    },
    measured(askedElapsedMs, answeredElapsedMs, nowMs, errorMs = 0) {
      link.exchanged({ askedElapsedMs, answeredElapsedMs, receivedMs: nowMs, transmittedMs: nowMs, errorMs });
    },
    reading() {
      const reading = ofSource().reading();
      return reading && { ...reading, source };
    },
    apart() {
      const here = ntp.reading();
      const there = link.reading();
      if (!isNtp(source) || !here || !there) return null;
      return { offsetMs: here.offsetMs - there.offsetMs, errorMs: here.errorMs + there.errorMs };
    },
    expect(moment) {
      watched?.watch.expect(moment);
    },
    async readSince(elapsedMs, cancel) {
      // Over the link time is exchanged every other second whatever comes: there is nothing to hurry.
      await watched?.watch.readSince(elapsedMs, cancel);
    },
    stop() {
      watched?.cancel.abort("stopping");
    },
  };
}
