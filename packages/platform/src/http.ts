/** HTTP/1.1 over node:http: the transport that the Hadoop clients are handed. Connections are kept and bounded in
 * number, bodies flow with back-pressure both ways, a silent peer ends the exchange. The interfaces say the same as
 * HttpTransport of the hadoop package and fit it by shape. */
import * as http from "node:http";
import * as https from "node:https";
import type { Socket } from "node:net";
import { plainBytes } from "./plain-bytes.ts";

export interface HttpRequest {
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  /** True for https. */
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** Path and query, already percent-encoded; sent as it is. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** An array goes with its length, an iterable chunked. Not pulled before there is a connection. */
  readonly body?: Uint8Array | AsyncIterable<Uint8Array> | undefined;
  /** The longest the peer may keep us waiting with nothing moving, in ms. */
  readonly silenceMsMax: number;
  readonly cancel?: AbortSignal | undefined;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; of repeated headers the joined text. `set-cookie` is left out. */
  readonly headers: Readonly<Record<string, string>>;
  /** Must be iterated, to its end or with an early `break`. */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface NodeHttpOptions {
  /** Connections to one `host:port`; further requests wait. Default SOCKETS_PER_SERVER_MAX_DEFAULT. */
  readonly socketsPerServerMax?: number | undefined;
  /** Default CONNECT_MS_MAX_DEFAULT. */
  readonly connectMsMax?: number | undefined;
  /** Certificates, PEM, that servers are checked against in place of the system's. */
  readonly ca?: string | undefined;
}

export const SOCKETS_PER_SERVER_MAX_DEFAULT = 64;
/** Connections in all, whatever the number of servers. */
export const SOCKETS_MAX = 1_024;
export const CONNECT_MS_MAX_DEFAULT = 10_000;
/** A kept connection that served nothing for so long is closed: before the server does (Hadoop's Jetty after 60 s),
 * so that a request rarely meets a connection which is just being closed. */
export const IDLE_MS_MAX = 15_000;
/** Bodies are written in pieces of at most this size, so that a slow peer's progress is seen. */
export const PIECE_BYTES_MAX = 256 * 1024;

export type HttpFailureKind = "refused" | "reset" | "timeout" | "protocol";

/** Why an exchange broke. `refused`: nothing was sent. The others: the request may have taken effect. */
export class HttpFailure extends Error {
  override readonly name = "HttpFailure";
  readonly httpFailure: HttpFailureKind;

  constructor(kind: HttpFailureKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.httpFailure = kind;
  }
}

export interface NodeHttp {
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Closes all connections; requests under way fail. */
  close(): void;
}

export function nodeHttp(options: NodeHttpOptions = {}): NodeHttp {
  const limits = {
    keepAlive: true,
    maxSockets: options.socketsPerServerMax ?? SOCKETS_PER_SERVER_MAX_DEFAULT,
    maxTotalSockets: SOCKETS_MAX,
    scheduling: "lifo",
    timeout: IDLE_MS_MAX,
  } as const;
  const plain = new http.Agent(limits);
  const secure = new https.Agent({ ...limits, ...(options.ca === undefined ? {} : { ca: options.ca }) });
  const connectMsMax = options.connectMsMax ?? CONNECT_MS_MAX_DEFAULT;
  return {
    async request(request) {
      request.cancel?.throwIfAborted();
      const { method, host, port, path, headers } = request;
      const head = { method, host, port, path, headers: { ...headers, ...framing(request.body, method) } };
      const outgoing = request.secure
        ? https.request({ ...head, agent: secure })
        : http.request({ ...head, agent: plain });
      return exchange(outgoing, request, connectMsMax);
    },
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}

/** Said expressly, because node:http would send a PUT without a body chunked, which some servers wait on. */
function framing(body: HttpRequest["body"], method: string): Record<string, string> {
  if (body instanceof Uint8Array) return { "content-length": String(body.length) };
  if (body !== undefined) return { "transfer-encoding": "chunked" };
  return method === "GET" ? {} : { "content-length": "0" };
}

/** One request on its way: who ends it first decides what it failed with. */
interface Exchange {
  readonly outgoing: http.ClientRequest;
  readonly silence: Silence;
  /** The response's head is here. */
  answered: boolean;
  /** Ends the exchange; the first cause stays. */
  fail(cause: unknown): void;
  /** What to throw for an error that node reports: the first cause, else that error translated. */
  reason(error: unknown): unknown;
  /** Lets go of timer and signal. */
  settle(): void;
}

function exchange(
  outgoing: http.ClientRequest,
  request: HttpRequest,
  connectMsMax: number,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const state = track(outgoing, request.cancel, reject);
    outgoing.on("error", (error) => {
      state.settle();
      reject(state.reason(error));
    });
    outgoing.on("response", (incoming) => {
      state.answered = true;
      state.silence.rest();
      const headers = textHeaders(incoming.headers);
      resolve({ status: incoming.statusCode ?? 0, headers, body: readBody(incoming, request, state) });
    });
    // A request may wait long for a free connection; only the peer's own silence counts.
    outgoing.on("socket", (socket: Socket) => {
      const connected = (): void => {
        state.silence.expect(request.silenceMsMax, "answer");
        writeBody(request, state).catch((error: unknown) => state.fail(error));
      };
      if (!socket.connecting) return connected();
      state.silence.expect(connectMsMax, "connection");
      socket.once(request.secure ? "secureConnect" : "connect", connected);
    });
    if (request.body === undefined) outgoing.end();
    else outgoing.flushHeaders();
  });
}

function track(
  outgoing: http.ClientRequest,
  cancel: AbortSignal | undefined,
  failed: (cause: unknown) => void,
): Exchange {
  let first: { readonly cause: unknown } | null = null;
  const cancelled = (): void => state.fail(cancel?.reason);
  const state: Exchange = {
    outgoing,
    answered: false,
    silence: createSilence((ms, waitedFor) => {
      // While connecting nothing has been sent yet.
      const kind = waitedFor === "connection" ? "refused" : "timeout";
      state.fail(new HttpFailure(kind, `no ${waitedFor} within ${ms} ms`));
    }),
    fail(cause) {
      first ??= { cause };
      state.settle();
      outgoing.destroy();
      failed(first.cause);
    },
    reason: (error) => (first === null ? failureOf(error) : first.cause),
    settle() {
      state.silence.rest();
      cancel?.removeEventListener("abort", cancelled);
    },
  };
  cancel?.addEventListener("abort", cancelled, { once: true });
  return state;
}

async function writeBody(request: HttpRequest, state: Exchange): Promise<void> {
  const { outgoing, silence } = state;
  const { body, silenceMsMax } = request;
  if (body === undefined) return;
  // An answer before the body's end is a refusal; the rest is of no use to anybody.
  const over = (): boolean => outgoing.destroyed || state.answered;
  const write = async (chunk: Uint8Array): Promise<void> => {
    for (let at = 0; at < chunk.length && !over(); at += PIECE_BYTES_MAX) {
      silence.expect(silenceMsMax, "room to send");
      if (!outgoing.write(chunk.subarray(at, at + PIECE_BYTES_MAX))) await drained(outgoing);
    }
  };
  if (body instanceof Uint8Array) {
    await write(body);
  } else {
    silence.rest();
    for await (const chunk of body) {
      if (over()) return;
      await write(chunk);
      if (!over()) silence.rest();
    }
  }
  if (over()) return;
  outgoing.end();
  silence.expect(silenceMsMax, "answer");
}

function drained(outgoing: http.ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of EITHER) outgoing.off(event, done);
      resolve();
    };
    for (const event of EITHER) outgoing.on(event, done);
  });
}

const EITHER = ["drain", "close", "response"];

async function* readBody(
  incoming: http.IncomingMessage,
  request: HttpRequest,
  state: Exchange,
): AsyncGenerator<Uint8Array> {
  const chunks = incoming[Symbol.asyncIterator]();
  try {
    for (;;) {
      state.silence.expect(request.silenceMsMax, "more of the answer");
      const next = await chunks.next();
      state.silence.rest();
      if (next.done === true) return;
      yield plainBytes(next.value as Buffer);
    }
  } catch (error) {
    throw state.reason(error);
  } finally {
    state.settle();
    // Left early, or answered before the request's end: the connection can serve nothing else.
    if (!incoming.complete || !state.outgoing.writableFinished) state.outgoing.destroy();
  }
}

/** A timer that runs only while the peer is waited for. */
interface Silence {
  /** From now on the peer has `ms` to move. */
  expect(ms: number, waitedFor: string): void;
  /** Now the caller is waited for. */
  rest(): void;
}

function createSilence(over: (ms: number, waitedFor: string) => void): Silence {
  let timer: NodeJS.Timeout | undefined;
  let armed = { ms: 0, waitedFor: "" };
  return {
    expect(ms, waitedFor) {
      if (timer !== undefined && armed.ms === ms) timer.refresh();
      else {
        clearTimeout(timer);
        timer = setTimeout(() => over(armed.ms, armed.waitedFor), ms);
      }
      armed = { ms, waitedFor };
    },
    rest() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

function textHeaders(headers: http.IncomingHttpHeaders): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) if (typeof value === "string") texts[name] = value;
  return texts;
}

/** Errors before a connection was made. */
const REFUSED = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "EHOSTDOWN",
  "ENETDOWN",
  "ENODATA",
]);

function failureOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (REFUSED.has(code)) return new HttpFailure("refused", error.message, error);
  if (code.startsWith("HPE_")) return new HttpFailure("protocol", error.message, error);
  // TLS refusals happen before anything of the request is sent.
  if (code.startsWith("ERR_TLS") || code.includes("CERT") || code.startsWith("ERR_SSL")) {
    return new HttpFailure("refused", error.message, error);
  }
  return new HttpFailure("reset", error.message, error);
}
