/**
 * Virtual time: a queue of events ordered by (time, number). Between two events everything that can go on without time
 * passing goes on, so one seed is one history.
 */

export interface Timeline {
  /** True time, in ms since the simulation began. No process of ours knows it. */
  readonly nowMs: number;
  /** Calls `act` when `atMs` has come; the past counts as now. Returns what takes it back. */
  at(atMs: number, act: () => void): () => void;
  /** `at`, so many ms from now. */
  after(ms: number, act: () => void): () => void;
  /** Resolves so many ms from now. */
  pass(ms: number): Promise<void>;
  /** Time passes and nothing happens, as with machines that are suspended: what was due meanwhile happens late. */
  leap(ms: number): void;
  /** Lives on until `done`, or true time passes `untilMs`; false in the latter case, or when nothing can happen any more. */
  run(done: () => boolean, untilMs: number): Promise<boolean>;
  /** Events so far. */
  readonly events: number;
}

/** Resolves when all promise callbacks have run that can run without an event. */
export type Drain = () => Promise<void>;

interface Entry {
  readonly atMs: number;
  readonly number: number;
  act: (() => void) | null;
}

export function createTimeline(drain: Drain): Timeline {
  const heap: Entry[] = [];
  let nowMs = 0;
  let number = 0;
  let events = 0;

  const at = (atMs: number, act: () => void): (() => void) => {
    const entry: Entry = { atMs: Math.max(nowMs, atMs), number: ++number, act };
    push(heap, entry);
    return () => {
      entry.act = null;
    };
  };

  return {
    get nowMs() {
      return nowMs;
    },
    get events() {
      return events;
    },
    at,
    after: (ms, act) => at(nowMs + ms, act),
    pass: (ms) => new Promise((resolve) => at(nowMs + ms, resolve)),
    leap(ms) {
      nowMs += Math.max(0, ms);
    },
    async run(done, untilMs) {
      await drain();
      while (!done()) {
        const entry = pop(heap);
        if (!entry) return false;
        if (!entry.act) continue;
        if (entry.atMs > untilMs) {
          push(heap, entry);
          nowMs = untilMs;
          return false;
        }
        nowMs = Math.max(nowMs, entry.atMs);
        events++;
        entry.act();
        await drain();
      }
      return true;
    },
  };
}

function before(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.number < b.number);
}

function push(heap: Entry[], entry: Entry): void {
  let index = heap.length;
  heap.push(entry);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!before(entry, heap[parent] as Entry)) break;
    heap[index] = heap[parent] as Entry;
    index = parent;
  }
  heap[index] = entry;
}

function pop(heap: Entry[]): Entry | null {
  const top = heap[0];
  const last = heap.pop();
  if (!top || !last) return null;
  if (heap.length === 0) return top;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1] as Entry, heap[child] as Entry)) child++;
    if (!before(heap[child] as Entry, last)) break;
    heap[index] = heap[child] as Entry;
    index = child;
  }
  heap[index] = last;
  return top;
}
