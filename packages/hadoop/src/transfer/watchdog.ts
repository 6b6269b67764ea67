/** Notices who waits too long. One timer serves any number of waits, because there are thousands a second and nearly
 * none of them is ever long: limits hold to about a second. */
import type { Clock } from "../world.ts";

export interface Watchdog {
  /** Something that waits now and then, for at most `silenceMsMax` each time; after that `onSilent` is called once. */
  watch(silenceMsMax: number, onSilent: () => void): Watched;
  /** `task` is called about every second until it returns false. */
  everyTick(task: () => boolean): void;
  /** Ends the timer. Nothing is watched any more. */
  close(): void;
}

export interface Watched {
  /** Waiting begins, or has shown a sign of life and goes on. */
  begin(): void;
  /** Waiting is over. */
  end(): void;
}

/** How often it looks. */
export const TICK_MS = 1_000;

interface Wait {
  readonly silenceMsMax: number;
  readonly onSilent: () => void;
  ticks: number;
}

export function createWatchdog(clock: Clock): Watchdog {
  const waits = new Set<Wait>();
  const tasks = new Set<() => boolean>();
  const closing = new AbortController();
  let running = false;

  const tick = (): void => {
    for (const wait of waits) {
      wait.ticks += 1;
      // The first tick may come at once after the beginning, so it does not count.
      if ((wait.ticks - 1) * TICK_MS < wait.silenceMsMax) continue;
      waits.delete(wait);
      wait.onSilent();
    }
    for (const task of tasks) if (!task()) tasks.delete(task);
  };
  const run = async (): Promise<void> => {
    running = true;
    while (waits.size > 0 || tasks.size > 0) {
      await clock.sleep(TICK_MS, closing.signal);
      tick();
    }
    running = false;
  };
  const start = (): void => {
    if (running || closing.signal.aborted) return;
    run().catch((error: unknown) => {
      running = false;
      if (!closing.signal.aborted) throw error;
    });
  };

  return {
    watch(silenceMsMax, onSilent) {
      const wait: Wait = { silenceMsMax, onSilent, ticks: 0 };
      return {
        begin() {
          wait.ticks = 0;
          waits.add(wait);
          start();
        },
        end() {
          waits.delete(wait);
        },
      };
    },
    everyTick(task) {
      tasks.add(task);
      start();
    },
    close() {
      closing.abort(new Error("closed"));
      waits.clear();
      tasks.clear();
    },
  };
}
