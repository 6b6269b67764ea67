// Waiting for something in the real world, always with a bound, and with the last state in the error when it ends.

const POLL_MS = 100;

/** Polls until `look` gives something other than null; `limitMs` bounds it. */
export async function until<T>(
  what: string,
  limitMs: number,
  look: () => Promise<T | null> | T | null,
  last: () => string = () => "",
): Promise<T> {
  const begunAt = performance.now();
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (performance.now() - begunAt > limitMs) {
      throw new Error(`${what} did not come within ${limitMs} ms\n${last()}`);
    }
    await pause(POLL_MS);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
