/** Server-sent events over a pulled stream: nothing is made before the client has room for it, so a slow one costs a buffer of bounded size. */
import { HEARTBEAT_MS } from "@coeval/contract/api/event";
import { CoevalError } from "@coeval/core/errors";
import type { Clock } from "@coeval/core/ports/clock";
import type { FastifyReply } from "fastify";

/** One event as it is sent. */
export interface SentEvent {
  readonly id: number;
  readonly event: string;
  readonly data: unknown;
}

/** Streams open at once at most, over all callers. */
export const STREAMS_MAX = 200;

export interface EventStreams {
  /** Answers with a stream of what `source` yields until the client goes away. @throws CoevalError `too-large` beyond the bound. */
  open(reply: FastifyReply, source: (cancel: AbortSignal) => AsyncIterable<SentEvent>): FastifyReply;
}

export function createEventStreams(clock: Pick<Clock, "sleep">): EventStreams {
  let open = 0;
  return {
    open(reply, source) {
      if (open >= STREAMS_MAX) throw new CoevalError("too-large", `${STREAMS_MAX} streams are open already`);
      open++;
      const controller = new AbortController();
      const text = withHeartbeats(source(controller.signal), clock, controller.signal)[
        Symbol.asyncIterator
      ]();
      const end = () => {
        if (controller.signal.aborted) return;
        controller.abort();
        open--;
      };
      reply.raw.once("close", end);
      const stream = new ReadableStream<Uint8Array>({
        async pull(sink) {
          try {
            const next = await text.next();
            if (!next.done) return sink.enqueue(new TextEncoder().encode(next.value));
            end();
            return sink.close();
          } catch (failure) {
            end();
            return sink.error(failure);
          }
        },
        cancel: end,
      });
      return reply
        .header("content-type", "text/event-stream; charset=utf-8")
        .header("cache-control", "no-store")
        .header("x-accel-buffering", "no")
        .send(stream);
    },
  };
}

/** The wire form; a comment line whenever nothing came for HEARTBEAT_MS. */
async function* withHeartbeats(
  source: AsyncIterable<SentEvent>,
  clock: Pick<Clock, "sleep">,
  cancel: AbortSignal,
): AsyncGenerator<string> {
  const events = source[Symbol.asyncIterator]();
  try {
    yield "retry: 1000\n\n";
    let next = events.next();
    for (;;) {
      const quiet = new AbortController();
      const beat = clock.sleep(HEARTBEAT_MS, AbortSignal.any([quiet.signal, cancel])).then(
        () => "beat" as const,
        () => "woken" as const,
      );
      const first = await Promise.race([next, beat]);
      quiet.abort();
      if (cancel.aborted) return;
      if (first === "beat") {
        yield ": still here\n\n";
      } else if (first !== "woken") {
        if (first.done) return;
        yield textOf(first.value);
        next = events.next();
      }
    }
  } finally {
    await events.return?.();
  }
}

function textOf({ id, event, data }: SentEvent): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
