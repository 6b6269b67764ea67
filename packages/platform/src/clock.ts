/** Wall clock, elapsed time and sleeping, as this machine's kernel tells them. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "@coeval/core/ports/clock";

/** The longest delay one timer takes; a longer sleep is made of several. */
export const TIMER_MS_MAX = 2 ** 31 - 1;
/** Below this a timer is too coarse to fire in time; the last piece is waited for turn by turn. */
const TIMER_MS_MIN = 1;

export function createClock(): Clock {
  const elapsedMs = () => performance.now();

  async function sleep(ms: number, cancel?: AbortSignal): Promise<void> {
    if (Number.isNaN(ms)) throw new RangeError("a sleep of NaN ms was asked for");
    cancel?.throwIfAborted();
    const deadlineMs = elapsedMs() + ms;
    // A timer may fire up to 1 ms early and counts whole ms: what is left is looked at each time it has fired.
    for (let leftMs = ms; leftMs > 0; leftMs = deadlineMs - elapsedMs()) {
      if (leftMs < TIMER_MS_MIN) await nextTurn();
      else await timer(Math.min(Math.floor(leftMs), TIMER_MS_MAX), cancel);
      cancel?.throwIfAborted();
    }
  }

  return { nowMs, elapsedMs, sleep };
}

/** Date.now() is cut to whole ms; this keeps the µs and still follows every step of the system's clock. */
function nowMs(): number {
  return Number(Temporal.Now.instant().epochNanoseconds / 1000n) / 1000;
}

function timer(ms: number, cancel: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onCancel = () => {
      clearTimeout(handle);
      reject(cancel?.reason);
    };
    const handle = setTimeout(() => {
      cancel?.removeEventListener("abort", onCancel);
      resolve();
    }, ms);
    cancel?.addEventListener("abort", onCancel, { once: true });
  });
}
