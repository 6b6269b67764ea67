/** Waits for what cannot be cancelled itself: who is cancelled goes on, whatever becomes of it. */

/** @throws the signal's reason once it is cancelled. */
export async function unlessCancelled<T>(cancel: AbortSignal, promise: Promise<T>): Promise<T> {
  cancel.throwIfAborted();
  const cancelled = Promise.withResolvers<never>();
  const abort = (): void => cancelled.reject(cancel.reason);
  cancel.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([promise, cancelled.promise]);
  } finally {
    cancel.removeEventListener("abort", abort);
  }
}
