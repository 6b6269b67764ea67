/** Turns what a server sent into a value or into the error it means. */
import { isSaslError } from "../sasl/sasl-error.ts";
import { codeOfJava, firstLine, HdfsError, type HdfsErrorCode } from "../errors.ts";
import { type HttpResponse, httpFailureKind } from "../world.ts";
import { Fields, MalformedAnswer, parse, utf8 } from "./decode.ts";

/** Largest answer that is read whole before it is parsed. The largest honest ones are full snapshot diffs and the
 * list of live DataNodes; a page of a listing is below 2 MiB. */
export const ANSWER_BYTES_MAX = 64 * 1024 * 1024;
/** Largest text of an error that is looked at. */
export const ERROR_BYTES_MAX = 256 * 1024;

/** What was asked, for the words of an error. */
export interface Asked {
  readonly operation: string;
  readonly path: string;
  /** It changes something on the server. */
  readonly changes: boolean;
  /** Where it was sent: `host:port`. */
  readonly server: string;
}

/** Reads a body to its end. */
export async function readBounded(
  response: HttpResponse,
  bytesMax: number,
  asked: Asked,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.length;
    if (length > bytesMax) {
      throw failure(asked, "answerTooLarge", `${asked.server} answers more than ${bytesMax} bytes`);
    }
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** The JSON text of a good answer, or the error that the answer is. */
export async function readJsonText(response: HttpResponse, asked: Asked): Promise<string> {
  await throwUnlessGood(response, asked);
  if (!isJson(response)) {
    // Read it, so that its connection can serve again.
    await readBounded(response, ERROR_BYTES_MAX, asked);
    throw notANameNode(response, asked);
  }
  return utf8(await readBounded(response, ANSWER_BYTES_MAX, asked));
}

/** Throws the error that an answer other than 2xx stands for. */
export async function throwUnlessGood(response: HttpResponse, asked: Asked): Promise<void> {
  if (response.status >= 200 && response.status <= 299) return;
  const bytes = await readBounded(response, ERROR_BYTES_MAX, asked);
  const remote = isJson(response) ? remoteException(bytes) : null;
  if (remote !== null) throw remoteFailure(remote, asked);
  if (response.status === 401) {
    throw failure(
      asked,
      "authentication",
      `${asked.server} asks for an authentication that this client does not give`,
    );
  }
  if (response.status === 403) throw failure(asked, "accessControl", `${asked.server} forbids it`);
  if (response.status >= 500) {
    throw failure(asked, "serverError", `${asked.server} answers status ${response.status}`, {
      maybeDone: asked.changes,
    });
  }
  throw notANameNode(response, asked);
}

/** An exception of the server. */
export interface RemoteException {
  readonly javaClass: string;
  readonly message: string;
}

/** `{"RemoteException": {"exception", "javaClassName", "message"}}` (JsonUtil.toJsonString(Exception)); null when the
 * bytes are something else. */
export function remoteException(bytes: Uint8Array): RemoteException | null {
  try {
    const fields = new Fields(parse(utf8(bytes)), "answer").object("RemoteException");
    const javaClass = fields.textOrNull("javaClassName") ?? fields.text("exception");
    return { javaClass, message: fields.textOrNull("message") ?? "" };
  } catch (error) {
    if (error instanceof MalformedAnswer) return null;
    throw error;
  }
}

/** The HdfsError that a server's exception means. */
export function remoteFailure(remote: RemoteException, asked: Asked): HdfsError {
  const code = codeOfJava(remote.javaClass, remote.message);
  const reason = firstLine(remote.message) || remote.javaClass;
  const words =
    code === "notANameNode" ? `${asked.server} is no NameNode, perhaps a DataNode: ${reason}` : reason;
  return failure(asked, code, words, { javaClass: remote.javaClass });
}

/** The HdfsError for anything thrown while talking to a server; an HdfsError and a caller's own error stay. */
export function translated(error: unknown, asked: Asked): unknown {
  if (error instanceof MalformedAnswer) {
    const more = { cause: error, maybeDone: asked.changes };
    return failure(asked, "malformedAnswer", `${asked.server}: ${error.message}`, more);
  }
  // Of the proof, before anything was sent.
  if (isSaslError(error)) {
    const code = isSaslError(error, "kdcUnreachable") ? "unreachable" : "authentication";
    return failure(asked, code, error.message, { cause: error });
  }
  const kind = httpFailureKind(error);
  if (kind === null) return error;
  const cause = (error as Error).message;
  const more = { cause: error, maybeDone: asked.changes && kind !== "refused" };
  switch (kind) {
    case "refused":
      return failure(asked, "unreachable", `cannot connect to ${asked.server}: ${cause}`, more);
    case "reset":
      return failure(asked, "connectionLost", `the connection to ${asked.server} was lost: ${cause}`, more);
    case "timeout":
      return failure(asked, "timeout", `${asked.server} was silent too long: ${cause}`, more);
    case "protocol":
      return failure(asked, "notANameNode", `${asked.server} does not speak HTTP: ${cause}`, more);
  }
}

/** An HdfsError about what was asked. */
export function failure(
  asked: Asked,
  code: HdfsErrorCode,
  reason: string,
  more: { readonly javaClass?: string; readonly maybeDone?: boolean; readonly cause?: unknown } = {},
): HdfsError {
  return new HdfsError({ code, reason, operation: asked.operation, path: asked.path, ...more });
}

function isJson(response: HttpResponse): boolean {
  return (response.headers["content-type"] ?? "").toLowerCase().startsWith("application/json");
}

function notANameNode(response: HttpResponse, asked: Asked): HdfsError {
  const type = response.headers["content-type"] ?? "no content type";
  const what = `status ${response.status}, ${firstLine(type)}`;
  return failure(
    asked,
    "notANameNode",
    `${asked.server} does not answer like a NameNode's web address: ${what}`,
  );
}
