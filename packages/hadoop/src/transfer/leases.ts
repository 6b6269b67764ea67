/** Keeps the files that are open for writing: the NameNode gives them to others when it has not heard of the writer
 * for a minute. One lease holds for all files of a client. Source: LeaseRenewer of Hadoop 3.4.2. */
import type { Clock } from "../world.ts";
import type { Watchdog } from "./watchdog.ts";

export interface Leases {
  /** A file is open from now on; the result is called once when it no longer is. */
  hold(): () => void;
}

/** Half of the soft limit (`HdfsConstants.LEASE_SOFTLIMIT_PERIOD`, 60 s). */
export const RENEWAL_MS = 30_000;

/** `renew` may fail: it is asked again at the next turn, and a lease that is lost in the end shows at the file's next call. */
export function createLeases(clock: Clock, watchdog: Watchdog, renew: () => Promise<void>): Leases {
  let held = 0;
  let ticking = false;
  let renewedMs = 0;
  let renewing = false;

  const tick = (): boolean => {
    ticking = held > 0;
    if (!ticking || renewing || clock.elapsedMs() - renewedMs < RENEWAL_MS) return ticking;
    renewing = true;
    renew()
      .then(
        () => {
          renewedMs = clock.elapsedMs();
        },
        // Told by the file's own next call, if the lease is lost by then.
        () => undefined,
      )
      .finally(() => {
        renewing = false;
      });
    return true;
  };

  return {
    hold() {
      held += 1;
      if (!ticking) {
        ticking = true;
        renewedMs = clock.elapsedMs();
        watchdog.everyTick(tick);
      }
      let released = false;
      return () => {
        if (!released) held -= 1;
        released = true;
      };
    },
  };
}
