/** The calls that wait for their answers on one connection, at most so many at a time; further ones queue up. */

/** One call whose answer is owed. */
export interface Pending {
  readonly resolve: (message: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
  readonly sentMs: number;
  readonly method: string;
}

/** See the top of this file. */
export interface PendingCalls {
  readonly isFull: boolean;
  readonly isEmpty: boolean;
  /** Resolves when there is a place, in the order of asking. Rejects with the signal's reason. */
  place(cancel: AbortSignal | undefined): Promise<void>;
  /** Takes a place. The promise is the answer's message. */
  add(callId: number, sentMs: number, method: string): Promise<Uint8Array>;
  /** Frees the place; undefined when no such call waits (its caller gave up). */
  settle(callId: number): Pending | undefined;
  /** The one sent first. */
  oldest(): readonly [callId: number, Pending] | undefined;
  /** Rejects every call, and lets those who wait for a place go on to see that there is none any more. */
  rejectAll(error: unknown): void;
}

/** See {@link PendingCalls}. */
export function createPendingCalls(callsMax: number): PendingCalls {
  const calls = new Map<number, Pending>();
  const queue = new Set<() => void>();
  const next = (): void => {
    const [first] = queue;
    if (first === undefined) return;
    queue.delete(first);
    first();
  };
  return {
    get isFull() {
      return calls.size >= callsMax;
    },
    get isEmpty() {
      return calls.size === 0;
    },
    async place(cancel) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const leave = (): void => reject(cancel?.reason);
      queue.add(resolve);
      cancel?.addEventListener("abort", leave, { once: true });
      try {
        await promise;
      } finally {
        queue.delete(resolve);
        cancel?.removeEventListener("abort", leave);
      }
    },
    add(callId, sentMs, method) {
      const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
      calls.set(callId, { resolve, reject, sentMs, method });
      return promise;
    },
    settle(callId) {
      const call = calls.get(callId);
      if (calls.delete(callId)) next();
      return call;
    },
    oldest: () => calls.entries().next().value,
    rejectAll(error) {
      for (const { reject } of calls.values()) reject(error);
      calls.clear();
      for (const enter of Array.from(queue)) enter();
    },
  };
}
