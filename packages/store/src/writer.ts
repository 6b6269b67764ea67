/**
 * Writes of one process, one at a time, in groups that share a commit. A commit waits for the disk; of a thousand writes
 * that come at once each would wait for all before it.
 */
import type { Kysely, Transaction } from "kysely";

/** Writes that share a commit at most: the first of them waits for the last, and so does whoever reads. Of a storm it is some 25 ms. */
export const GROUP_WRITES_MAX = 16;

type Work<Tables, T> = (trx: Transaction<Tables>) => Promise<T>;
/** Lets everything else that this process has to do go first. */
export type Breathe = () => Promise<void>;
export type Writer<Tables> = <T>(work: Work<Tables, T>) => Promise<T>;

interface Job<Tables> {
  readonly work: Work<Tables, unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (thrown: unknown) => void;
}

/**
 * @param exec runs a statement on the connection that `db` has; throws when the handle may not be used any more.
 * @param breathe awaited after each group; null: the next one follows at once.
 */
export function createWriter<Tables>(
  db: Kysely<Tables>,
  exec: (sql: string) => void,
  breathe: Breathe | null,
): Writer<Tables> {
  // Bounded by those who write: a run's events, a link's messages, the calls that the API lets in at once.
  const waiting: Job<Tables>[] = [];
  let running = false;

  /** What each of the group is told once the commit is done. */
  async function together(trx: Transaction<Tables>, group: Job<Tables>[]): Promise<(() => void)[]> {
    const outcomes: (() => void)[] = [];
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      const { work, resolve, reject } = job;
      group.push(job);
      exec("savepoint one");
      try {
        const value = await work(trx);
        outcomes.push(() => resolve(value));
      } catch (thrown) {
        try {
          exec("rollback to one");
        } catch {
          // A full disk, or the process's end, has taken the whole transaction already: its cause is everybody's.
          throw thrown;
        }
        outcomes.push(() => reject(thrown));
      }
      exec("release one");
      if (group.length >= GROUP_WRITES_MAX) break;
    }
    return outcomes;
  }

  async function drain(): Promise<void> {
    running = true;
    while (waiting.length > 0) {
      const group: Job<Tables>[] = [];
      try {
        const outcomes = await db.transaction().execute((trx) => together(trx, group));
        for (const tell of outcomes) tell();
      } catch (thrown) {
        // Nothing of the group is there, whichever of them it was. Before the first was begun, the first is told.
        if (group.length === 0) group.push(...waiting.splice(0, 1));
        for (const { reject } of group) reject(thrown);
      }
      // A group runs without a pause, and so would those after it: whoever only reads, or calls from outside, waits for one at most.
      await breathe?.();
    }
    running = false;
  }

  return <T>(work: Work<Tables, T>) =>
    new Promise<T>((resolve, reject) => {
      waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
      if (!running) void drain();
    });
}
