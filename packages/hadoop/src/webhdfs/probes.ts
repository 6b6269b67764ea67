/** What the tests of this folder share: bodies, names that hurt, and readers of streams. */
import { type HdfsErrorCode, isHdfsError } from "../errors.ts";
import type { HdfsReading, HdfsTree } from "../hdfs/client.ts";

/** Every kind of name that some layer between us and HDFS could get wrong. */
export const ODD_NAMES: readonly string[] = oddNames();

function oddNames(): string[] {
  const marks = [
    "%20",
    "%2F",
    "%",
    "%zz",
    "&amp;",
    "a@b",
    "a!$()*,b",
    "^`|~",
    "<a>",
    "[x]",
    "{y}",
    "...",
    "-rf",
  ];
  const inside = ["%", "+", "#", "?", ";", "&", "=", "\\", '"', "'", "\t", "\n"].map((mark) => `a${mark}b`);
  const spaces = ["with space", " lead", "trail ", "\u00a0nbsp", "\u2028"];
  const letters = ["plain", "ü", "u\u0308", "日本語", "😀", "～", "\ufffd", "\u0001", "\u007f"];
  return [...letters, ...spaces, ...marks, ...inside, "x".repeat(255), `${"é".repeat(127)}x`];
}

/** UTF-8. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Bytes that differ from their neighbours. */
export function numbered(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31) & 0xff);
}

/** A range of a file in one piece. */
export async function contentOf(
  client: Pick<HdfsReading, "open">,
  path: string,
  offsetBytes: number,
  lengthBytes: number,
): Promise<Uint8Array> {
  const content = new Uint8Array(lengthBytes);
  let at = 0;
  for await (const chunk of client.open(path, { offsetBytes, lengthBytes })) {
    content.set(chunk, at);
    at += chunk.length;
  }
  return content.subarray(0, at);
}

/** A whole file as text. */
export async function textOf(client: HdfsTree & Pick<HdfsReading, "open">, path: string): Promise<string> {
  const { lengthBytes } = await client.getFileStatus(path);
  return new TextDecoder().decode(await contentOf(client, path, 0, lengthBytes));
}

/** Everything that comes. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Waits for `promise` to fail with one of `codes` and a message of one line; anything else throws. */
export async function refused(promise: Promise<unknown>, ...codes: readonly HdfsErrorCode[]): Promise<void> {
  const failure = await promise.then(
    () => "it succeeded",
    (error: unknown) => error,
  );
  const fits = isHdfsError(failure, ...codes) && !failure.message.includes("\n");
  if (!fits) throw new Error(`expected ${codes.join(" or ")}, but: ${String(failure)}`, { cause: failure });
}

/** A body whose end is in the test's hand. */
export function heldOpen(first: Uint8Array): {
  body: AsyncIterable<Uint8Array>;
  finish: (last: Uint8Array) => void;
} {
  const { promise, resolve } = Promise.withResolvers<Uint8Array>();
  async function* body(): AsyncGenerator<Uint8Array> {
    yield first;
    yield await promise;
  }
  return { body: body(), finish: resolve };
}
