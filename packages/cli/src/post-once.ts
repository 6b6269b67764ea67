/** A POST that may be made again when its answer was lost. */
import { randomUUID } from "node:crypto";
import type { Client, Reader } from "./client.ts";
import { RefusedError } from "./failure.ts";
import type { CliClock } from "./io.ts";

const TRIES_MAX = 3;
const BETWEEN_TRIES_MS = 500;

/** Posts with a key of its own, so that a call whose answer was lost can be made again without a second run. */
export async function postOnce<T>(
  client: Client,
  clock: CliClock,
  path: string,
  schema: Reader<T>,
  body?: unknown,
): Promise<T> {
  const headers = { "idempotency-key": randomUUID() };
  for (let tries = 1; ; tries++) {
    try {
      return await client.call("POST", path, schema, { ...(body === undefined ? {} : { body }), headers });
    } catch (failure) {
      if (failure instanceof RefusedError || tries >= TRIES_MAX) throw failure;
      await clock.sleep(BETWEEN_TRIES_MS);
    }
  }
}
