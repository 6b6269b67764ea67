/** Wakes those who wait for something new. Waiters look for themselves what it is, so a ring can be missed by nobody. */

export interface Bell {
  ring(): void;
  /** Resolves at the next ring, or when cancelled. Take it before looking, await it after nothing was found. */
  next(cancel: AbortSignal): Promise<void>;
}

export function createBell(): Bell {
  let waiters: (() => void)[] = [];
  return {
    ring() {
      const woken = waiters;
      waiters = [];
      for (const wake of woken) wake();
    },
    next(cancel) {
      return new Promise((resolve) => {
        if (cancel.aborted) return resolve();
        const wake = () => {
          cancel.removeEventListener("abort", wake);
          waiters = waiters.filter((waiter) => waiter !== wake);
          resolve();
        };
        waiters.push(wake);
        cancel.addEventListener("abort", wake, { once: true });
      });
    },
  };
}
