/**
 * The agent's slots: so many transfers move data at a time. One that is over makes room for the one that waits with the highest
 * priority, of equals for the earliest moment.
 */
import type { TransferShare } from "@coeval/core/protect/instruction";

/** Transfers at a time of an agent whose limits name no number. */
export const TRANSFERS_MAX_DEFAULT = 8;

export interface Slots {
  /**
   * Resolves, once there is room, with the function that gives the slot back. Rejects with the signal's reason.
   * @param waits hears, whenever it changes, how many go before.
   */
  take(share: TransferShare, cancel: AbortSignal, waits: (ahead: number) => void): Promise<() => void>;
}

interface Waiting {
  readonly share: TransferShare;
  readonly give: () => void;
  readonly waits: (ahead: number) => void;
}

export function createSlots(transfersMax: number): Slots {
  let taken = 0;
  let queue: readonly Waiting[] = [];

  /** Nobody waits while there is room: the queue is served before anything else can ask. */
  function back(): void {
    taken--;
    const [next, ...rest] = queue;
    if (!next) return;
    queue = rest;
    taken++;
    next.give();
    tell();
  }

  function tell(): void {
    for (const [index, one] of queue.entries()) one.waits(taken + index);
  }

  /** Giving back twice gives nothing twice. */
  function slot(): () => void {
    let held = true;
    return () => {
      if (held) back();
      held = false;
    };
  }

  return {
    async take(share, cancel, waits) {
      cancel.throwIfAborted();
      if (taken < transfersMax) {
        taken++;
        return slot();
      }
      const turn = Promise.withResolvers<void>();
      const one: Waiting = { share, give: turn.resolve, waits };
      const before = queue.findIndex((other) => goesBefore(share, other.share));
      queue = before < 0 ? [...queue, one] : queue.toSpliced(before, 0, one);
      tell();
      const leave = (): void => {
        if (!queue.includes(one)) return;
        queue = queue.filter((other) => other !== one);
        turn.reject(cancel.reason);
        tell();
      };
      cancel.addEventListener("abort", leave, { once: true });
      try {
        await turn.promise;
        return slot();
      } finally {
        cancel.removeEventListener("abort", leave);
      }
    },
  };
}

/** True when `a` is to go before `b`, which came earlier. */
function goesBefore(a: TransferShare, b: TransferShare): boolean {
  return a.priority === b.priority ? a.moment < b.moment : a.priority > b.priority;
}
