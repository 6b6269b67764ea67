/** Work in the order in which it comes, one at a time for each key, and never more waiting than a bound. */
import { CoevalError } from "@coeval/core/errors";

export interface Serial {
  /** Runs `work` after all that was given for `key` before. @throws CoevalError `too-large` when too much waits already. */
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
}

/** @param waitingMax of one key. */
export function createSerial(waitingMax: number): Serial {
  const tails = new Map<string, { last: Promise<unknown>; waiting: number }>();
  return {
    run(key, work) {
      const tail = tails.get(key) ?? { last: Promise.resolve(), waiting: 0 };
      if (tail.waiting >= waitingMax)
        return Promise.reject(new CoevalError("too-large", `${tail.waiting} events of ${key} wait already`));
      tail.waiting++;
      tails.set(key, tail);
      const mine = tail.last.then(work).finally(() => {
        tail.waiting--;
        if (tail.waiting === 0) tails.delete(key);
      });
      tail.last = mine.catch(() => undefined);
      return mine;
    },
  };
}
