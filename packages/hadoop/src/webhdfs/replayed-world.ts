/** A World for tests: HTTP answers come from a script, time passes at once, chance is always the same. */
import type { HttpFailureKind, HttpRequest, HttpResponse, World } from "../world.ts";

/** An exchange as it was recorded from a real server. */
export interface Recorded {
  readonly request: { readonly method: string; readonly path: string };
  readonly response: Answer;
}

/** A response with its whole body. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string | Uint8Array;
}

/** A request that was sent, with its body. */
export interface Sent {
  readonly request: HttpRequest;
  readonly body: Uint8Array | null;
}

/** Answers one request; what it throws is the transport's failure. */
export type Responder = (request: HttpRequest) => Answer;

/** Every request is answered by `respond`; `sent` and `sleptMs` tell what happened. */
export function replayedWorld(respond: Responder): { world: World; sent: Sent[]; sleptMs: number[] } {
  const sent: Sent[] = [];
  const sleptMs: number[] = [];
  let nowMs = 0;
  const world: World = {
    clock: {
      elapsedMs: () => nowMs,
      sleep: async (ms) => {
        sleptMs.push(ms);
        nowMs += ms;
      },
    },
    random: { bytes: (length) => new Uint8Array(length) },
    http: {
      async request(request) {
        const answer = respond(request);
        sent.push({ request, body: request.body === undefined ? null : await whole(request.body) });
        return responseOf(answer);
      },
    },
  };
  return { world, sent, sleptMs };
}

/** A JSON answer with status 200. */
export function jsonAnswer(value: unknown): Answer {
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

/** What a transport throws. */
export function httpFailure(kind: HttpFailureKind): Error {
  return Object.assign(new Error(`scripted: ${kind}`), { httpFailure: kind });
}

function responseOf(answer: Answer): HttpResponse {
  const headers = Object.entries(answer.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  return { status: answer.status, headers: Object.fromEntries(headers), body: inHalves(answer.body) };
}

/** Two chunks, so that nothing relies on getting all at once. */
async function* inHalves(body: string | Uint8Array): AsyncGenerator<Uint8Array> {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const middle = bytes.length >> 1;
  for (const half of [bytes.subarray(0, middle), bytes.subarray(middle)]) if (half.length > 0) yield half;
}

async function whole(body: Uint8Array | AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  const bytes: number[] = [];
  for await (const chunk of body) bytes.push(...chunk);
  return Uint8Array.from(bytes);
}
