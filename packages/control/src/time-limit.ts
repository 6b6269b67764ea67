/** A wait that ends: what is waited for, or `late` after a time that elapsed. */
import type { Clock } from "@coeval/core/ports/clock";

export type Late = { readonly late: true };

/** @throws what `work` rejects with. `work` goes on when it is late: the caller ends it. */
export async function withinMs<T>(
  clock: Clock,
  ms: number,
  work: Promise<T>,
): Promise<{ readonly late: false; readonly value: T } | Late> {
  const done = new AbortController();
  const limit = clock.sleep(ms, done.signal).then(
    (): Late => ({ late: true }),
    (): Late => ({ late: true }),
  );
  try {
    return await Promise.race([work.then((value) => ({ late: false, value }) as const), limit]);
  } finally {
    // With a reason of ours: without one each abort makes an exception with its stack.
    done.abort("settled");
  }
}
