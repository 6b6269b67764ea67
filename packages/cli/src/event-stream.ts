/** Reads server-sent events and comes back after a broken connection, with the last event's id. */
import type { Client } from "./client.ts";
import { CliError, RefusedError } from "./failure.ts";
import type { CliClock } from "./io.ts";

export interface ReceivedEvent {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

/** Breaks in a row without any event between them. */
const BREAKS_MAX = 20;
const WAIT_MS_MIN = 250;
const WAIT_MS_MAX = 5000;
const EVENT_CHARS_MAX = 16 * 1024 * 1024;

/** Events until the server ends the stream after the last one (`isLast`), or `cancel`. @throws CliError when it cannot come back. */
export async function* readEvents(
  client: Client,
  clock: CliClock,
  path: string,
  options: { readonly isLast: (event: ReceivedEvent) => boolean; readonly cancel: AbortSignal },
): AsyncGenerator<ReceivedEvent> {
  let lastId = null as string | null;
  let breaks = 0;
  for (;;) {
    try {
      const headers: Record<string, string> = lastId === null ? {} : { "last-event-id": lastId };
      for await (const event of parseEvents(await client.stream(path, { headers, cancel: options.cancel }))) {
        breaks = 0;
        lastId = event.id;
        yield event;
        if (options.isLast(event)) return;
      }
    } catch (failure) {
      if (options.cancel.aborted) return;
      if (failure instanceof RefusedError && failure.problem.status < 500) throw failure;
      if (breaks >= BREAKS_MAX) throw failure;
    }
    if (options.cancel.aborted) return;
    if (++breaks > BREAKS_MAX) throw new CliError("the events broke off again and again");
    await clock
      .sleep(Math.min(WAIT_MS_MIN * 2 ** breaks, WAIT_MS_MAX), options.cancel)
      .catch(() => undefined);
  }
}

/** The events in a stream of bytes; comments and unknown fields are passed over. */
export async function* parseEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ReceivedEvent> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).replaceAll("\r\n", "\n").split("\n\n");
    rest = blocks.pop() ?? "";
    if (rest.length > EVENT_CHARS_MAX) throw new CliError("an event is larger than 16 MiB");
    for (const block of blocks) {
      const event = eventOf(block);
      if (event !== null) yield event;
    }
  }
}

function eventOf(block: string): ReceivedEvent | null {
  const fields = new Map<string, string>();
  for (const line of block.split("\n")) {
    const [, name = "", value = ""] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
    if (name !== "")
      fields.set(name, fields.has(name) && name === "data" ? `${fields.get(name)}\n${value}` : value);
  }
  const data = fields.get("data");
  if (data === undefined) return null;
  return {
    id: fields.get("id") ?? "",
    event: fields.get("event") ?? "message",
    data: JSON.parse(data) as unknown,
  };
}
