/** A world without chance: counted random bytes, a small hash in SHA-256's shape, signatures that anyone can check. */
import type { Hash, Signer } from "@coeval/core/ports/hash";
import type { LogFields } from "@coeval/core/ports/log";
import type { World } from "@coeval/core/ports/world";
import type { FakeClock } from "./fake-clock.ts";

export interface FakeWorld extends World {
  readonly clock: FakeClock;
  /** What was logged: `event {fields}`. */
  readonly lines: readonly string[];
}

/** @param seed tells worlds apart, so that two processes make different names. */
export function createFakeWorld(clock: FakeClock, seed: number): FakeWorld {
  let counter = seed * 1_000_000;
  const lines: string[] = [];
  const note = (event: string, fields?: LogFields) => lines.push(`${event} ${JSON.stringify(fields ?? {})}`);
  return {
    clock,
    lines,
    random: {
      bytes(length) {
        counter++;
        const digest = fakeHash.sha256().update(String(counter)).hex();
        return Uint8Array.from({ length }, (_, i) =>
          Number.parseInt(digest.slice((i * 2) % 64, ((i * 2) % 64) + 2), 16),
        );
      },
    },
    hash: fakeHash,
    signatures: {
      verify: (publicKey, bytes, signature) => signature === signatureOf(publicKey, bytes),
    },
    files: absent(),
    log: { info: note, warn: note, error: note },
  };
}

/** A signer whose signatures `createFakeWorld` accepts. */
export function fakeSigner(publicKey: string): Signer {
  return { publicKey, sign: (bytes) => signatureOf(publicKey, bytes) };
}

/** 64 hex digits that depend on every byte; no real hash. */
export const fakeHash: Hash = {
  sha256() {
    const lanes = [
      0x811c9dc5, 0x1b873593, 0xcc9e2d51, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f, 0x165667b1,
    ];
    const hasher = {
      update(input: Uint8Array | string) {
        const bytes = typeof input === "string" ? new TextEncoder().encode(input) : input;
        for (const byte of bytes) {
          for (let lane = 0; lane < lanes.length; lane++) {
            const before = lanes[lane] as number;
            lanes[lane] = Math.imul(before ^ byte ^ (before >>> 15), 0x01000193 + lane * 2) >>> 0;
          }
        }
        return hasher;
      },
      hex: () => lanes.map((lane) => lane.toString(16).padStart(8, "0")).join(""),
    };
    return hasher;
  },
};

function signatureOf(publicKey: string, bytes: Uint8Array): string {
  return fakeHash.sha256().update(publicKey).update(bytes).hex();
}

/** The control device keeps no files: using them fails the test. */
function absent(): World["files"] {
  return new Proxy({} as World["files"], {
    get() {
      throw new Error("the control device has no files");
    },
  });
}
