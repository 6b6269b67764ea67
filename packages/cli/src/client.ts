/** Calls of the REST API over https, to the control device whose authority is pinned; answers are checked by the contract's schemas. */
import { Agent, request } from "node:https";
import type { IncomingMessage } from "node:http";
import { type Problem, problemSchema } from "@coeval/contract/api/problem";
import type { Login } from "./config.ts";
import { CliError, RefusedError } from "./failure.ts";

export interface Client {
  /** Calls and reads the answer by `schema`. @throws RefusedError for a problem document, CliError otherwise. */
  call<T>(method: Method, path: string, schema: Reader<T>, more?: CallOptions): Promise<T>;
  /** Opens an answer that goes on: events, an export. */
  stream(path: string, more?: CallOptions): Promise<AsyncIterable<Uint8Array>>;
  /** Ends kept connections. */
  close(): void;
}

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** A schema of the contract. */
export interface Reader<T> {
  parse(value: unknown): T;
}

export interface CallOptions {
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cancel?: AbortSignal;
}

const SILENCE_MS_MAX = 60_000;
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;
const CONNECTIONS_MAX = 4;

export function createClient(login: Login): Client {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: CONNECTIONS_MAX,
    ca: login.ca,
    minVersion: "TLSv1.2",
  });
  const send = (method: Method, path: string, more: CallOptions) =>
    exchange(login, agent, method, path, more);
  return {
    async call(method, path, schema, more = {}) {
      const response = await send(method, path, more);
      const text = await wholeText(response);
      return schema.parse(text === "" ? undefined : parseJson(text));
    },
    stream: (path, more = {}) => send("GET", path, more),
    close: () => agent.destroy(),
  };
}

async function exchange(
  login: Login,
  agent: Agent,
  method: Method,
  path: string,
  more: CallOptions,
): Promise<IncomingMessage> {
  const url = new URL(path, login.url);
  for (const [key, value] of Object.entries(more.query ?? {}))
    if (value !== undefined) url.searchParams.set(key, String(value));
  const body = more.body === undefined ? null : JSON.stringify(more.body);
  const headers = {
    ...more.headers,
    authorization: `Bearer ${login.token}`,
    accept: "application/json, application/problem+json, text/event-stream",
    ...(body === null
      ? {}
      : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
  };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const call = request(url, {
      method,
      agent,
      headers,
      timeout: SILENCE_MS_MAX,
      ...(more.cancel ? { signal: more.cancel } : {}),
    });
    call.once("response", resolve);
    call.once("timeout", () => call.destroy(new Error(`silent for ${SILENCE_MS_MAX / 1000} s`)));
    call.once("error", reject);
    call.end(body ?? undefined);
  }).catch((cause: unknown) => {
    throw unreachable(url, cause);
  });
  if ((response.statusCode ?? 500) >= 400)
    throw refusalOf(response.statusCode ?? 500, await wholeText(response));
  return response;
}

async function wholeText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) throw new CliError("the answer is larger than 64 MiB");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CliError("the answer is no JSON; is this a control device?", { cause });
  }
}

function refusalOf(status: number, text: string): CliError {
  let problem: Problem | null = null;
  try {
    problem = problemSchema.parse(JSON.parse(text));
  } catch (cause) {
    return new CliError(`the server answered ${status} without saying why; is this a control device?`, {
      cause,
    });
  }
  return new RefusedError(problem);
}

function unreachable(url: URL, cause: unknown): unknown {
  const { code, message } = cause as { code?: string; message?: string };
  if (code === "ABORT_ERR") return cause;
  const pinned = [
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  ];
  if (code !== undefined && pinned.includes(code))
    return new CliError(`${url.host} is not the control device that was pinned: ${message}`, {
      hint: "nothing was sent; compare the fingerprint, then coeval login again",
      cause,
    });
  return new CliError(`${url.host} cannot be reached: ${message ?? "no answer"}`, {
    hint: "see that the control device runs, and that the address is right: coeval login URL …",
    cause,
  });
}
