/**
 * The memory that one connection reads into. Bytes are handed out where they were read, without copying, so a block of memory is filled
 * once and left to whoever holds parts of it, unless all of it is given back: then it is filled again. Blocks grow while the peer fills
 * them fast: 64 KiB at a time, as Node reads otherwise, costs a fifth of the time in collecting garbage, and of 1 GiB that is read into ever
 * new memory half the processor time goes to the collector and to pages that the kernel has to clear.
 */
import { plainBytes } from "./plain-bytes.ts";

export interface Arrivals {
  /** Where the next bytes go. */
  free(): Uint8Array;
  /** So many bytes came there; false when no more should for now. */
  came(count: number): boolean;
  /** All that lie side by side, or null. */
  take(): Uint8Array | null;
  /** Nobody will look at these bytes, which were taken, any more; each byte once at most. */
  giveBack(bytes: Uint8Array): void;
  wake(): void;
  isPaused: boolean;
  ended: boolean;
}

interface Memory {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Filled so far; it is full when it is not the present one. */
  used: number;
  givenBack: number;
}

const MEMORY_BYTES_MIN = 64 * 1024;
const MEMORY_BYTES_MAX = 512 * 1024;
/** What is left of a block is used down to this. */
const FREE_BYTES_MIN = 16 * 1024;
/** Blocks kept to be filled again. */
const SPARE_MAX = 2;

export function createArrivals(readAheadBytes: number): Arrivals {
  let present = fresh(0);
  let taken = 0;
  let waiting = 0;
  let size = MEMORY_BYTES_MIN;
  /** Parts of blocks that are full, not yet taken. */
  const older: Uint8Array[] = [];
  const spare: Memory[] = [];
  /** Blocks that bytes may be given back of. Nobody's hold on a part is a hold on its entry here. */
  const lent = new WeakMap<ArrayBufferLike, Memory>();

  const next = (): Memory => {
    const again = spare.pop();
    if (again !== undefined) {
      again.used = 0;
      again.givenBack = 0;
      return again;
    }
    const memory = fresh(size);
    lent.set(memory.bytes.buffer, memory);
    return memory;
  };
  const spareIfDone = (memory: Memory): void => {
    const isDone = memory !== present && memory.givenBack === memory.used;
    if (isDone && memory.bytes.length === size && spare.length < SPARE_MAX) spare.push(memory);
  };
  const arrivals: Arrivals = {
    free() {
      if (present.bytes.length - present.used < FREE_BYTES_MIN) {
        if (present.used > taken) older.push(present.bytes.subarray(taken, present.used));
        const full = present;
        present = next();
        taken = 0;
        spareIfDone(full);
      }
      return present.bytes.subarray(present.used);
    },
    came(count) {
      // The peer is ahead of us when it fills what it is given.
      if (count >= present.bytes.length - present.used) size = Math.min(size * 2, MEMORY_BYTES_MAX);
      present.used += count;
      waiting += count;
      arrivals.wake();
      arrivals.isPaused = waiting >= readAheadBytes;
      return !arrivals.isPaused;
    },
    take() {
      const first = older.shift();
      const bytes = first ?? (present.used > taken ? present.bytes.subarray(taken, present.used) : null);
      if (bytes === null) return null;
      if (first === undefined) taken = present.used;
      waiting -= bytes.length;
      return bytes;
    },
    giveBack(bytes) {
      const memory = lent.get(bytes.buffer);
      if (memory === undefined || bytes.length === 0) return;
      memory.givenBack += bytes.length;
      if (memory.givenBack > memory.used) throw new RangeError("bytes were given back twice");
      spareIfDone(memory);
    },
    wake() {},
    isPaused: false,
    ended: false,
  };
  return arrivals;
}

function fresh(size: number): Memory {
  // Not cleared: nobody sees more of it than was read into it.
  return { bytes: plainBytes(Buffer.allocUnsafeSlow(size)), used: 0, givenBack: 0 };
}
