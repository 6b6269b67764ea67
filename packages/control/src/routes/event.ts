/** What changes, live: for views that show everything, so the caller's scopes must cover everything. */
import { eventHeaders, textStream } from "@coeval/contract/api/call";
import type { ChangeEvent } from "@coeval/contract/api/event";
import { formatInstant } from "@coeval/core/model/instant";
import { requireScope } from "../auth/caller.ts";
import type { Events } from "../events.ts";
import type { Api, ApiDeps } from "./deps.ts";
import { createEventStreams, type SentEvent } from "./event-stream.ts";
import { callerOf } from "./guard.ts";

export function eventRoutes(api: Api, { control, world }: ApiDeps): void {
  const streams = createEventStreams(world.clock);
  api.get(
    "/api/v1/events",
    {
      schema: {
        tags: ["events"],
        description: "Server-sent events: `change` with a ChangeEvent; resumed by Last-Event-ID",
        headers: eventHeaders,
        response: { 200: textStream },
      },
      config: { access: "viewer" },
    },
    async (request, reply) => {
      requireScope(callerOf(request), "*", "/");
      const last = request.headers["last-event-id"];
      const after = last === undefined ? await control.events.last() : Number(last);
      return streams.open(reply, (cancel) => changes(control.events, after, cancel));
    },
  );
}

async function* changes(events: Events, after: number, cancel: AbortSignal): AsyncGenerator<SentEvent> {
  for await (const { sequence, at, kind, object, details } of events.subscribe(after, cancel)) {
    const data: ChangeEvent = { at: formatInstant(at), kind, object, details };
    yield { id: sequence, event: "change", data };
  }
}
