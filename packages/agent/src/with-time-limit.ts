/** Gives an action a time: what takes longer is cancelled, and fails as said. */
import type { Clock } from "@coeval/core/ports/clock";

/** @throws `late` when the time is over; what `cancel` was cancelled with when it was. */
export async function withTimeLimit<T>(
  clock: Clock,
  ms: number,
  late: Error,
  cancel: AbortSignal,
  act: (limit: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const timer = new AbortController();
  const pass = (): void => limit.abort(cancel.reason);
  cancel.addEventListener("abort", pass, { once: true });
  if (cancel.aborted) pass();
  void clock.sleep(ms, timer.signal).then(
    () => limit.abort(late),
    () => undefined,
  );
  try {
    return await act(limit.signal);
  } catch (thrown) {
    throw limit.signal.aborted ? limit.signal.reason : thrown;
  } finally {
    timer.abort("over");
    cancel.removeEventListener("abort", pass);
  }
}
