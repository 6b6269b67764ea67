/** A world that stands still until it is told to go on; hashes are not secure, only different. */
import type { World } from "@coeval/core/ports/world";

export interface FakeWorld extends World {
  /** Lets elapsed and wall time pass; wakes who slept. */
  advance(ms: number): void;
  readonly logged: string[];
}

/** 2026-11-21T10:00:00Z. */
export const START_MS = 1_795_255_200_000;

export function fakeWorld(): FakeWorld {
  let elapsed = 0;
  let random = 1;
  const sleepers = new Set<{ until: number; wake: () => void }>();
  const logged: string[] = [];
  const log = (event: string, fields?: object) =>
    void logged.push(`${event} ${JSON.stringify(fields ?? {})}`);
  return {
    clock: {
      nowMs: () => START_MS + elapsed,
      elapsedMs: () => elapsed,
      sleep: (ms, cancel) =>
        new Promise((wake, reject) => {
          const sleeper = { until: elapsed + ms, wake };
          sleepers.add(sleeper);
          cancel?.addEventListener("abort", () => {
            sleepers.delete(sleeper);
            reject(cancel.reason as Error);
          });
        }),
    },
    random: {
      bytes: (length) =>
        Uint8Array.from({ length }, () => {
          random = (random * 1_103_515_245 + 12_345) % 2_147_483_648;
          return random >> 16;
        }),
    },
    hash: { sha256: () => hasher("") },
    signatures: { verify: () => true },
    files: {} as World["files"],
    log: { info: log, warn: log, error: log },
    advance(ms) {
      elapsed += ms;
      for (const sleeper of sleepers) {
        if (sleeper.until > elapsed) continue;
        sleepers.delete(sleeper);
        sleeper.wake();
      }
    },
    logged,
  };
}

/** FNV-1a, eight times with other beginnings. */
function hasher(text: string): ReturnType<World["hash"]["sha256"]> {
  return {
    update: (more) => hasher(text + (typeof more === "string" ? more : new TextDecoder().decode(more))),
    hex: () =>
      Array.from({ length: 8 }, (_, turn) => {
        let value = 0x811c9dc5 ^ (turn * 0x9e3779b1);
        for (const char of text) value = Math.imul(value ^ (char.codePointAt(0) ?? 0), 0x01000193);
        return (value >>> 0).toString(16).padStart(8, "0");
      }).join(""),
  };
}
