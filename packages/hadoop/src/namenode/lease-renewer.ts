/** Keeps the files that this client writes: while at least one is open, the NameNode is told so in time. Source:
 * LeaseRenewer of hadoop-hdfs-client 3.4. */
import type { Clock } from "../world.ts";

/** Half of the soft limit (HdfsConstants.LEASE_SOFTLIMIT_PERIOD, 60 s), after which others may take a file over; ms. */
export const RENEW_MS = 30_000;
/** After a renewal that failed; ms. */
export const RETRY_MS = 1_000;

/** See the top of this file. */
export interface LeaseRenewer {
  /** A file was opened for writing; call what comes back once it is closed or given up. */
  hold(): () => void;
  /** Nothing is renewed any more. */
  close(): void;
}

/** `renew` tells the NameNode. Its failures end nothing: a writer whose lease is really lost learns it from its own next
 * call, and meanwhile the renewal is tried again. */
export function createLeaseRenewer(
  clock: Clock,
  renew: (cancel: AbortSignal) => Promise<void>,
): LeaseRenewer {
  let held = 0;
  let resting = new AbortController();

  const renewLater = async (afterMs: number, rest: AbortSignal): Promise<boolean> => {
    await clock.sleep(afterMs, rest);
    await renew(rest);
    return true;
  };

  /** Never rejects. */
  const run = async (rest: AbortSignal): Promise<void> => {
    let pauseMs = RENEW_MS;
    while (!rest.aborted) {
      const renewed = await renewLater(pauseMs, rest).catch(() => false);
      pauseMs = renewed ? RENEW_MS : RETRY_MS;
    }
  };

  return {
    hold() {
      if (held++ === 0) {
        resting = new AbortController();
        void run(resting.signal);
      }
      let isHeld = true;
      return () => {
        if (!isHeld) return;
        isHeld = false;
        if (--held === 0) resting.abort(new Error("no file is open for writing"));
      };
    },
    close: () => resting.abort(new Error("the client was closed")),
  };
}
