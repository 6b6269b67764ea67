/** Trying again: what a cluster refuses now it may accept later, and a switch that has begun must end one way or the other. */
import { CoevalError, explain } from "@coeval/core/errors";
import type { Context } from "./context.ts";

const BACKOFF_MS_MIN = 200;
const BACKOFF_MS_MAX = 10_000;

/**
 * Repeats `work` while it fails with an error that the catalogue says to try again later, at growing intervals. What is to be
 * tried again now means a new run: the same bytes would be as corrupt a second time.
 * @param attemptsMax Infinity for what must end well; it then ends with the process at the latest.
 */
export async function persist<T>(
  context: Context,
  doing: string,
  attemptsMax: number,
  work: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (thrown) {
      context.cancel.throwIfAborted();
      const again = thrown instanceof CoevalError && explain(thrown.code).retry === "later";
      if (!again || attempt >= attemptsMax) throw thrown;
      const { clock, log } = context.world;
      log.warn("again", { doing, run: context.instruction.run, attempt, why: thrown.message });
      context.report({
        kind: "progress",
        progress: {
          doing: `${doing}: again after ${thrown.message}`.slice(0, 200),
          filesDone: 0,
          filesTotal: null,
          bytesDone: 0,
          bytesTotal: null,
        },
      });
      await clock.sleep(
        Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN * 2 ** Math.min(attempt, 10)),
        context.cancel,
      );
    }
  }
}
