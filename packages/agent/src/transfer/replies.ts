/** The sender's ear: reads the peer's messages as they come, for as long as the stream lasts. */
import { CoevalError } from "@coeval/core/errors";
import type { Clock } from "@coeval/core/ports/clock";
import type { Channel } from "@coeval/contract/wire/channel";
import { isBreak, LAST_WORD_MS_MAX } from "./farewell.ts";
import type { InFlight } from "./in-flight.ts";
import { lastWord, nextFrame, parseMessage } from "./messages.ts";

/** Answers that may have come before they are waited for. */
const ARRIVED_MAX = 4;

export interface Replies {
  /** Aborts when nothing more is heard, with why. */
  readonly over: AbortSignal;
  /** Waits for the one answer that is due, of those that may come; which one it was. */
  next<Due extends "planned" | "finished">(...due: readonly Due[]): Promise<Due>;
  /** What the peer said at its end, if it did; else what was thrown. */
  reason(clock: Clock, thrown: unknown): Promise<unknown>;
}

/** Replies about files go to `flights`; when the stream ends, everything that is waited for rejects. */
export function listen(channel: Channel, flights: InFlight): Replies {
  let broken: { readonly cause: unknown } | null = null;
  let said: CoevalError | null = null;
  const arrived: string[] = [];
  let wake = Promise.withResolvers<void>();
  const ended = new AbortController();

  const read = async (): Promise<never> => {
    for (;;) {
      const message = parseMessage(await nextFrame(channel));
      switch (message.say) {
        case "closed":
          throw (said = lastWord(message.failure));
        case "want":
        case "have":
        case "took":
        case "done":
          flights.hear(message);
          break;
        default:
          if (arrived.push(message.say) > ARRIVED_MAX)
            throw new CoevalError("protocol", `\`${message.say}\` was said too often`);
      }
      wake.resolve();
      wake = Promise.withResolvers<void>();
    }
  };
  const over: Promise<void> = read().catch((cause: unknown) => {
    broken = { cause };
    flights.fail(cause);
    channel.close("broken");
    wake.resolve();
    ended.abort(cause);
  });

  return {
    over: ended.signal,
    async next<Due extends string>(...due: readonly Due[]) {
      for (;;) {
        const first: string | undefined = arrived.shift();
        if (due.some((say) => say === first)) return first as Due;
        if (first !== undefined)
          throw new CoevalError("protocol", `\`${first}\` came where \`${due.join("` or `")}\` is due`);
        if (broken) throw broken.cause;
        await wake.promise;
      }
    },
    async reason(clock, thrown) {
      if (!isBreak(thrown)) return thrown;
      const waited = new AbortController();
      await Promise.race([over, clock.sleep(LAST_WORD_MS_MAX, waited.signal).catch(() => undefined)]);
      waited.abort("heard");
      return said ?? thrown;
    },
  };
}
