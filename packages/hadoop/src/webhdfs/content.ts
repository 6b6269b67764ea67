/** Bytes of files over WebHDFS: OPEN, CREATE, APPEND, TRUNCATE, CONCAT, GET_BLOCK_LOCATIONS, GETFILECHECKSUM.
 * Source: WebHDFS REST API; NamenodeWebHdfsMethods; the DataNode's WebHdfsHandler. */
import type { Body, ByteRange, HdfsContent } from "../hdfs/client.ts";
import { type Asked, failure, readJsonText } from "./answer.ts";
import { decodeFileBlocks, decodeFileChecksum } from "./content-codec.ts";
import type { DataNode } from "./data-node.ts";
import { Fields, parse, parseExact } from "./decode.ts";
import { type NameNode, translating } from "./name-node.ts";
import type { HttpResponse } from "../world.ts";
import { pathFault } from "../hdfs/path.ts";

export function createContent(nameNode: NameNode, dataNode: DataNode): HdfsContent {
  const refuse = (operation: string, path: string, code: "invalidArgument" | "invalidPath", reason: string) =>
    failure({ operation, path, changes: false, server: nameNode.server }, code, reason);

  const checkRange = (operation: string, path: string, range: ByteRange): void => {
    const whole = Number.isSafeInteger(range.offsetBytes) && Number.isSafeInteger(range.lengthBytes);
    if (whole && range.offsetBytes >= 0 && range.lengthBytes >= 0) return;
    throw refuse(
      operation,
      path,
      "invalidArgument",
      `${range.lengthBytes} bytes from ${range.offsetBytes} is no range`,
    );
  };

  const write = async (
    op: "CREATE" | "APPEND",
    call: Omit<Parameters<DataNode["exchange"]>[0], "op">,
    body: Body,
  ) => {
    const { counted, count } = counting(body);
    const { response, asked } = await dataNode.exchange({ ...call, op }, counted, false);
    await translating(asked, async () => {
      // A good answer is empty; reading it lets the connection go.
      for await (const _ of response.body) continue;
    });
    return count();
  };

  return {
    open(path, range, cancel) {
      checkRange("OPEN", path, range);
      return read(dataNode, path, range, cancel);
    },

    create: (path, body, options, cancel) =>
      write(
        "CREATE",
        {
          method: "PUT",
          path,
          query: {
            permission: options.permission.toString(8),
            overwrite: options.overwrite,
            replication: options.replication,
            blocksize: options.blockSizeBytes,
          },
          cancel,
        },
        body,
      ),

    append: (path, body, cancel) => write("APPEND", { method: "POST", path, cancel }, body),

    truncate: (path, lengthBytes, cancel) =>
      nameNode.ask(
        { method: "POST", op: "TRUNCATE", path, query: { newlength: lengthBytes }, cancel },
        decodeBoolean,
      ),

    async concat(target, sources, cancel) {
      for (const source of sources) {
        const fault =
          pathFault(source) ??
          (source.includes(",") ? "holds a comma, which WebHDFS takes as a separator" : null);
        if (fault !== null) throw refuse("CONCAT", source, "invalidPath", `the path ${fault}`);
      }
      const query = { sources: sources.join(",") };
      await nameNode.tell({ method: "POST", op: "CONCAT", path: target, query, cancel });
    },

    async getBlockLocations(path, range, cancel) {
      checkRange("GET_BLOCK_LOCATIONS", path, range);
      const query = { offset: range.offsetBytes, length: range.lengthBytes };
      return nameNode.ask(
        { method: "GET", op: "GET_BLOCK_LOCATIONS", path, query, cancel },
        decodeFileBlocks,
        parseExact,
      );
    },

    async getFileChecksum(path, cancel) {
      const call = { method: "GET", op: "GETFILECHECKSUM", path, cancel } as const;
      const { response, asked } = await dataNode.exchange(call, undefined, true);
      return translating(asked, async () => decodeFileChecksum(parse(await readJsonText(response, asked))));
    },
  };
}

/** `{"boolean": …}`. */
export function decodeBoolean(json: unknown): boolean {
  return new Fields(json, "answer").flag("boolean");
}

async function* read(
  dataNode: DataNode,
  path: string,
  range: ByteRange,
  cancel: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  // The DataNode would answer a range of no bytes, but the NameNode refuses an offset at the file's end.
  if (range.lengthBytes === 0) return;
  const query = { offset: range.offsetBytes, length: range.lengthBytes };
  const call = { method: "GET", op: "OPEN", path, query, cancel } as const;
  const { response, asked } = await dataNode.exchange(call, undefined, true);
  const chunks = response.body[Symbol.asyncIterator]();
  let received = 0;
  try {
    checkAnnounced(response, range.lengthBytes, asked);
    for (;;) {
      const next = await translating(asked, () => chunks.next());
      if (next.done === true) break;
      received += next.value.length;
      if (received > range.lengthBytes)
        throw failure(asked, "malformedAnswer", `more than the ${range.lengthBytes} bytes asked for`);
      yield next.value;
    }
  } finally {
    // Also when the caller leaves early: the connection must not stay taken.
    await chunks.return?.();
  }
  if (received < range.lengthBytes) throw truncated(asked, received, range.lengthBytes);
}

/** A shorter answer is found out before its bytes are used. */
function checkAnnounced(response: HttpResponse, lengthBytes: number, asked: Asked): void {
  const announced = response.headers["content-length"];
  if (announced !== undefined && Number(announced) < lengthBytes)
    throw truncated(asked, Number(announced), lengthBytes);
}

function truncated(asked: Asked, received: number, expected: number) {
  return failure(
    asked,
    "truncated",
    `${asked.server} gives ${received} of ${expected} bytes: the file is shorter`,
  );
}

function counting(body: Body): { counted: Body; count: () => number } {
  if (body instanceof Uint8Array) return { counted: body, count: () => body.length };
  let length = 0;
  async function* counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      length += chunk.length;
      yield chunk;
    }
  }
  return { counted: counted(body), count: () => length };
}
