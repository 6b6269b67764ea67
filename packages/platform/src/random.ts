/** Unpredictable bytes from the system. */
import { randomBytes } from "node:crypto";
import type { Random } from "@coeval/core/ports/random";
import { plainBytes } from "./plain-bytes.ts";

const BYTES_MAX = 1024;

export function createRandom(): Random {
  return {
    bytes(length) {
      if (!Number.isInteger(length) || length < 1 || length > BYTES_MAX) {
        throw new RangeError(`random bytes come 1 to ${BYTES_MAX} at a time; ${length} were asked for`);
      }
      return plainBytes(randomBytes(length));
    },
  };
}
