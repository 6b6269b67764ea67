/** NTP servers in virtual time, each with a clock of its own: as far off, as far away and as silent as a history makes them. */
import { CoevalError } from "@coeval/core/errors";
import type { Clock } from "@coeval/core/ports/clock";
import type { OpenTimeSource } from "@coeval/core/ports/time-source";
import { createTimepiece, type Timepiece } from "./clock.ts";
import type { Life } from "./life.ts";
import type { Seed } from "./seed.ts";
import type { Timeline } from "./timeline.ts";

export interface TimeServer {
  readonly timepiece: Timepiece;
  /** False: no question is answered. */
  answers: boolean;
}

/** By host name. */
export type TimeServers = ReadonlyMap<string, TimeServer>;

/** The one that all are to go by, and one that says another time. */
export const TIME_HOST = "time.example";
export const OTHER_TIME_HOST = "other-time.example";

const TRIP_MS = { least: 0.2, most: 6 } as const;
/** Of a server that does not answer. */
const TIMEOUT_MS = 1000;
const LOST = 0.01;

/** @param aheadMs of true time, at the simulation's begin. */
export function createTimeServers(driftPpm: number, aheadMs: number, otherAheadMs: number): TimeServers {
  const server = (ms: number): TimeServer => ({ timepiece: createTimepiece(driftPpm, ms, 0), answers: true });
  return new Map([
    [TIME_HOST, server(aheadMs)],
    [OTHER_TIME_HOST, server(aheadMs + otherAheadMs)],
  ]);
}

/** How one life reaches them. */
export function timeSources(
  servers: TimeServers,
  { timeline, life, clock, seed }: { timeline: Timeline; life: Life; clock: Clock; seed: Seed },
): OpenTimeSource {
  return (url) => {
    const host = url.slice("ntp://".length);
    const server = servers.get(host);
    if (!server) throw new CoevalError("clock-source", `there is no ${url}`);
    const index = [...servers.keys()].indexOf(host);
    return {
      exchange: (cancel) =>
        life.port("net.ntp", async () => {
          const askedElapsedMs = clock.elapsedMs();
          if (!server.answers || seed.chance(LOST)) {
            await timeline.pass(TIMEOUT_MS);
            throw new CoevalError("clock-source", `${url} did not answer within ${TIMEOUT_MS} ms`);
          }
          await timeline.pass(seed.between(TRIP_MS.least, TRIP_MS.most) / 2);
          const receivedMs = server.timepiece.wallAt(timeline.nowMs);
          await timeline.pass(seed.between(0, 0.1));
          const transmittedMs = server.timepiece.wallAt(timeline.nowMs);
          await timeline.pass(seed.between(TRIP_MS.least, TRIP_MS.most) / 2);
          cancel?.throwIfAborted();
          return {
            kind: "time",
            server: {
              asked: url,
              address: `10.0.0.${index + 1}:123`,
              referenceId: "GPS",
              stratum: 1,
              utcErrorMs: 1,
            },
            askedElapsedMs,
            answeredElapsedMs: clock.elapsedMs(),
            receivedMs,
            transmittedMs,
            precisionMs: 0.001,
          };
        }),
    };
  };
}
