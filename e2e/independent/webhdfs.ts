// The witness's own WebHDFS client: plain node:http, connections kept, redirects followed by hand. It shares no code
// with the product's drivers, so that a mistake of theirs cannot hide itself.
import { Agent, type IncomingMessage, request } from "node:http";

const SOCKETS_MAX = 32;
const ANSWER_TIMEOUT_MS = 60_000;
const JSON_BYTES_MAX = 64 * 1024 * 1024;

export type Method = "GET" | "PUT" | "POST" | "DELETE";
type Params = Readonly<Record<string, string | number | boolean>>;

export interface WebHdfs {
  /** `host:port` of the NameNode's HTTP address. */
  readonly nameNode: string;
  readonly user: string;
  /** One operation that answers with JSON, or with nothing. */
  call(method: Method, path: string, op: string, params?: Params): Promise<Record<string, unknown>>;
  /** The first `lengthBytes` bytes of a file, or all of them. */
  read(path: string, lengthBytes?: number): AsyncIterable<Buffer>;
  /** Writes a file's content: `create` (replacing), or `append`. */
  write(path: string, content: Uint8Array, params?: Params & { readonly append?: boolean }): Promise<void>;
  /** Any page of the NameNode's HTTP server, such as `/fsck?…`. */
  page(target: string): Promise<string>;
  /** Closes the connections that are kept. */
  close(): void;
}

/** What the cluster refused, in its own words. */
export class HdfsRefusal extends Error {
  readonly status: number;
  readonly exception: string;

  constructor(status: number, exception: string, message: string) {
    super(`${exception}: ${message} (HTTP ${status})`);
    this.name = "HdfsRefusal";
    this.status = status;
    this.exception = exception;
  }
}

/** A client that HDFS sees as `user`; where that must be proven, `token` gives a delegation token of theirs. */
export function webHdfs(nameNode: string, user: string, token?: () => Promise<string>): WebHdfs {
  const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS_MAX });
  let proof: Promise<string> | null = null;
  const url = async (path: string, op: string, params: Params): Promise<string> => {
    proof ??= token?.() ?? null;
    const who = proof === null ? { "user.name": user } : { delegation: await proof };
    const query = new URLSearchParams({ op, ...who });
    for (const [name, value] of Object.entries(params)) query.set(name, String(value));
    return `http://${nameNode}/webhdfs/v1${encodePath(path)}?${query.toString()}`;
  };

  const call: WebHdfs["call"] = async (method, path, op, params = {}) => {
    const text = await textOf(await send(agent, method, await url(path, op, params)));
    return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
  };
  /** Where a DataNode serves the operation; the NameNode says it in JSON instead of a redirect. */
  const locate = async (method: Method, path: string, op: string, params: Params): Promise<string> => {
    const { Location } = await call(method, path, op, { ...params, noredirect: true });
    if (typeof Location !== "string") throw new Error(`${op} ${path}: the NameNode names no DataNode`);
    return Location;
  };

  return {
    nameNode,
    user,
    call,
    async *read(path, lengthBytes) {
      if (lengthBytes === 0) return;
      const params: Params = lengthBytes === undefined ? {} : { length: lengthBytes };
      const answer = await send(agent, "GET", await locate("GET", path, "OPEN", params));
      for await (const chunk of answer) yield chunk as Buffer;
    },
    async write(path, content, { append = false, ...params } = {}) {
      const [method, op] = append ? (["POST", "APPEND"] as const) : (["PUT", "CREATE"] as const);
      const where = await locate(method, path, op, append ? params : { overwrite: true, ...params });
      await textOf(await send(agent, method, where, content));
    },
    page: async (target) => textOf(await send(agent, "GET", `http://${nameNode}${target}`)),
    close: () => agent.destroy(),
  };
}

/** Each name encoded on its own; `encodeURIComponent` leaves out a few signs that a URL's path may hold as they are. */
function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** Sends one request; a kept connection that the server closed meanwhile is replaced once for requests without body. */
async function send(agent: Agent, method: Method, url: string, body?: Uint8Array): Promise<IncomingMessage> {
  try {
    return await attempt(agent, method, url, body);
  } catch (error) {
    const stale = (error as NodeJS.ErrnoException).code === "ECONNRESET" && method === "GET";
    if (!stale) throw error;
    return attempt(agent, method, url, body);
  }
}

function attempt(agent: Agent, method: Method, url: string, body?: Uint8Array): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? { "content-length": 0 } : { "content-length": body.length };
    const call = request(url, { agent, method, headers, timeout: ANSWER_TIMEOUT_MS });
    call.once("timeout", () => call.destroy(new Error(`no answer within ${ANSWER_TIMEOUT_MS} ms: ${url}`)));
    call.once("error", reject);
    call.once("response", (answer) => {
      const status = answer.statusCode ?? 0;
      if (status >= 200 && status < 300) return resolve(answer);
      textOf(answer).then((text) => reject(refusal(status, text)), reject);
    });
    if (body === undefined) call.end();
    else call.end(body);
  });
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > JSON_BYTES_MAX) throw new Error(`an answer of more than ${JSON_BYTES_MAX} bytes`);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function refusal(status: number, text: string): HdfsRefusal {
  try {
    const { RemoteException } = JSON.parse(text) as {
      RemoteException: { exception: string; message: string };
    };
    return new HdfsRefusal(
      status,
      RemoteException.exception,
      String(RemoteException.message).split("\n")[0] ?? "",
    );
  } catch {
    // Jetty's own error pages are HTML.
    return new HdfsRefusal(status, "Refused", text.slice(0, 300));
  }
}
