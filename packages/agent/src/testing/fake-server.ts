/** An NTP server in fake time: as far away, as wrong and as unwilling as a test makes it. */
import { CoevalError } from "@coeval/core/errors";
import type { Clock } from "@coeval/core/ports/clock";
import type { OpenTimeSource } from "@coeval/core/ports/time-source";
import { BEGIN_MS, type FakeTime } from "./fake-time.ts";

export interface FakeServer {
  readonly open: OpenTimeSource;
  /** What was asked, and when, in true ms. */
  readonly asked: (readonly [url: string, atMs: number])[];
  /** How far its clock is from true time. */
  aheadMs: number;
  /** There and back, each way half. */
  tripMs: number;
  /** Kisses instead of times. */
  kiss: string | null;
  /** Why it gives no time; null when it does. */
  silent: string | null;
  address: string;
}

/** @param clock of the machine that asks. */
export function createFakeServer(time: FakeTime, clock: Clock): FakeServer {
  const asked: (readonly [string, number])[] = [];
  const server: FakeServer = {
    asked,
    aheadMs: 0,
    tripMs: 2,
    kiss: null,
    silent: null,
    address: "10.0.0.5:123",
    open: (url) => ({
      async exchange() {
        asked.push([url, time.nowMs]);
        const askedElapsedMs = clock.elapsedMs();
        await clock.sleep(server.tripMs / 2);
        const nowMs = BEGIN_MS + time.nowMs + server.aheadMs;
        await clock.sleep(server.tripMs / 2);
        const { address } = server;
        if (server.kiss !== null) return { kind: "refused", code: server.kiss, address };
        if (server.silent !== null) throw new CoevalError("clock-source", server.silent);
        return {
          kind: "time",
          server: { asked: url, address, referenceId: "C0000201", stratum: 3, utcErrorMs: 5 },
          askedElapsedMs,
          answeredElapsedMs: clock.elapsedMs(),
          receivedMs: nowMs,
          transmittedMs: nowMs,
          precisionMs: 0.001,
        };
      },
    }),
  };
  return server;
}
