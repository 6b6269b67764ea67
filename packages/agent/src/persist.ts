/** Trying again: what a cluster refuses now it may accept later, and a switch that has begun must end one way or the other. */
import { CoevalError, explain, toFailure } from "@coeval/core/errors";
import type { Context } from "./context.ts";
import { standingStill } from "./progress.ts";
import { isTold } from "./run-lines.ts";

const BACKOFF_MS_MIN = 200;
const BACKOFF_MS_MAX = 10_000;

/**
 * Repeats `work` while it fails with an error that the catalogue says to try again later, at growing intervals. What is to be
 * tried again now means a new run: the same bytes would be as corrupt a second time.
 * @param attemptsMax Infinity for what must end well; it then ends with the process at the latest.
 * @param mayPass whether a failure may be over at a later attempt.
 */
export async function persist<T>(
  context: Context,
  doing: string,
  attemptsMax: number,
  work: () => Promise<T>,
  mayPass: (thrown: unknown) => boolean = passesByItself,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (thrown) {
      context.cancel.throwIfAborted();
      if (!mayPass(thrown) || attempt >= attemptsMax) throw thrown;
      const why = toFailure(thrown).message;
      const { clock, log } = context.world;
      if (isTold(attempt)) context.tell(`${doing}: attempt ${attempt} failed, tried again: ${why}`);
      log.warn("again", { doing, run: context.instruction.run, attempt, why });
      context.report(standingStill(`${doing}: again after ${why}`));
      await clock.sleep(
        Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN * 2 ** Math.min(attempt, 10)),
        context.cancel,
      );
    }
  }
}

function passesByItself(thrown: unknown): boolean {
  return thrown instanceof CoevalError && explain(thrown.code).retry === "later";
}
