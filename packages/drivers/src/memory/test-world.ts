/** A world for unit tests: every reading of the clock is one ms later, chance is counted, the log is kept nowhere. */
import type { MemoryWorld } from "./cluster.ts";

export function createTestWorld(): MemoryWorld {
  let ms = 1_760_000_000_000;
  let byte = 0;
  return {
    clock: {
      nowMs: () => ++ms,
      elapsedMs: () => ++ms - 1_759_000_000_000,
      async sleep(duration) {
        ms += duration;
      },
    },
    random: { bytes: (length) => Uint8Array.from({ length }, () => (byte = (byte * 31 + 7) % 256)) },
    log: { info() {}, warn() {}, error() {} },
  };
}
