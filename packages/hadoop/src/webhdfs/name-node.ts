/** One exchange with the NameNode: proves who asks, sends, reads a bounded answer, repeats what may be repeated. */
import { HdfsError } from "../errors.ts";
import type { HttpRequest, HttpResponse, World } from "../world.ts";
import { type Asked, failure, readBounded, readJsonText, throwUnlessGood, translated } from "./answer.ts";
import { Fields, parse } from "./decode.ts";
import { authority } from "./endpoint.ts";
import { pathFault } from "../hdfs/path.ts";
import { SILENCE_MS_MAX_DEFAULT, type WebHdfsOptions } from "./options.ts";
import { encodeQuery, type Query, webHdfsTarget } from "./url.ts";

/** A WebHDFS operation. */
export interface Call {
  readonly method: HttpRequest["method"];
  /** WebHDFS operation, e.g. "MKDIRS". */
  readonly op: string;
  readonly path: string;
  readonly query?: Query;
  /** A second time is the same as once; default: true for GET, else false. */
  readonly repeatable?: boolean;
  readonly cancel?: AbortSignal | undefined;
}

/** A request for one of the NameNode's other pages. */
export interface PageCall {
  /** Path and query, percent-encoded. */
  readonly target: string;
  /** For the words of an error. */
  readonly operation: string;
  readonly path: string;
  readonly cancel?: AbortSignal | undefined;
}

/** The NameNode as the rest of the client sees it. */
export interface NameNode {
  /** `host:port`. */
  readonly server: string;
  /** Asks and decodes the JSON answer. */
  ask<T>(call: Call, decode: (json: unknown) => T, read?: (text: string) => unknown): Promise<T>;
  /** Asks for the place to send or fetch bytes: the text of the location. */
  locate(call: Call): Promise<string>;
  /** Asks where only success matters. */
  tell(call: Call): Promise<void>;
  /** A page as JSON; null where it answers 404. */
  page<T>(call: PageCall, decode: (json: unknown) => T): Promise<T | null>;
  /** A page's response, its status checked; not repeated. */
  stream(call: PageCall): Promise<HttpResponse>;
}

/** Tries of one request, the first included. */
export const ATTEMPTS_MAX = 4;
/** Pauses between attempts: this, then four times it, and so on, each cut by a random half. */
export const FIRST_PAUSE_MS = 50;
const PAUSE_GROWTH = 4;

/** See {@link NameNode}. */
export function createNameNode(world: World, options: WebHdfsOptions): NameNode {
  const server = authority(options.nameNode);

  const send = createSender(world, options);

  const exchange = async <T>(
    call: Call,
    read: (response: HttpResponse, asked: Asked) => Promise<T>,
  ): Promise<T> => {
    const asked: Asked = { operation: call.op, path: call.path, changes: call.method !== "GET", server };
    const fault = pathFault(call.path);
    if (fault !== null) throw failure(asked, "invalidPath", `the path ${fault}`);
    const target = webHdfsTarget(call.path, call.op, call.query ?? {});
    const repeatable = call.repeatable ?? call.method === "GET";
    return repeated(world, repeatable, call.cancel, () =>
      translating(asked, async () => read(await send(call.method, target, call.cancel), asked)),
    );
  };

  const pageAsked = (call: PageCall): Asked => ({
    operation: call.operation,
    path: call.path,
    changes: false,
    server,
  });

  return {
    server,
    ask: (call, decode, read = parse) =>
      exchange(call, async (response, asked) => decode(read(await readJsonText(response, asked)))),
    // Locating changes nothing yet, whatever its method. Gateways redirect although they are asked not to.
    locate: (call) =>
      exchange(
        { ...call, query: { ...call.query, noredirect: true }, repeatable: true },
        async (response, asked) => {
          const header = response.headers["location"];
          if (response.status !== TEMPORARY_REDIRECT || header === undefined) {
            return new Fields(parse(await readJsonText(response, asked)), "answer").text("Location");
          }
          await readBounded(response, SUCCESS_BYTES_MAX, asked);
          return header;
        },
      ),
    tell: (call) =>
      exchange(call, async (response, asked) => {
        await throwUnlessGood(response, asked);
        await readBounded(response, SUCCESS_BYTES_MAX, asked);
      }),
    page: (call, decode) => {
      const asked = pageAsked(call);
      return repeated(world, true, call.cancel, () =>
        translating(asked, async () => {
          const response = await send("GET", call.target, call.cancel);
          if (response.status === 404) {
            await readBounded(response, SUCCESS_BYTES_MAX, asked);
            return null;
          }
          return decode(parse(await readJsonText(response, asked)));
        }),
      );
    },
    stream: (call) => {
      const asked = pageAsked(call);
      return translating(asked, async () => {
        const response = await send("GET", call.target, call.cancel);
        await throwUnlessGood(response, asked);
        return response;
      });
    },
  };
}

const TEMPORARY_REDIRECT = 307;
/** Answers of which only the status counts are empty or a few bytes. */
const SUCCESS_BYTES_MAX = 64 * 1024;

type Send = (
  method: HttpRequest["method"],
  target: string,
  cancel: AbortSignal | undefined,
) => Promise<HttpResponse>;

function createSender(world: World, options: WebHdfsOptions): Send {
  return async (method, target, cancel) => {
    const proof = await prove(options, cancel);
    const query = encodeQuery(proof.query ?? {});
    return world.http.request({
      method,
      ...options.nameNode,
      path: query === "" ? target : `${target}${target.includes("?") ? "&" : "?"}${query}`,
      headers: { accept: "application/json", ...proof.headers },
      silenceMsMax: options.silenceMsMax ?? SILENCE_MS_MAX_DEFAULT,
      cancel,
    });
  };
}

async function prove(options: WebHdfsOptions, cancel?: AbortSignal) {
  const { identity } = options;
  if (identity.kind === "hook") return identity.authenticate(cancel);
  return { headers: {}, query: { "user.name": identity.user, doas: identity.doAs } };
}

/** Runs `act`; what it throws becomes an HdfsError unless it is the caller's own. */
export async function translating<T>(asked: Asked, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw translated(error, asked);
  }
}

/** Runs `attempt` again, after growing pauses, while its failure is one that a repeat may mend without harm. */
export async function repeated<T>(
  world: World,
  repeatable: boolean,
  cancel: AbortSignal | undefined,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let made = 1; ; made++) {
    try {
      return await attempt();
    } catch (error) {
      if (made >= ATTEMPTS_MAX || !mayRepeat(error, repeatable)) throw error;
    }
    const spread = 1 - (world.random.bytes(1)[0] ?? 0) / 512;
    await world.clock.sleep(FIRST_PAUSE_MS * PAUSE_GROWTH ** (made - 1) * spread, cancel);
  }
}

/** Where nothing was sent anything may be sent again; where the connection broke only what is harmless twice. */
function mayRepeat(error: unknown, repeatable: boolean): boolean {
  if (!(error instanceof HdfsError)) return false;
  return error.code === "unreachable" || (repeatable && error.code === "connectionLost");
}
