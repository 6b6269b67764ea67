/** Reading files over WebHDFS: OPEN, GET_BLOCK_LOCATIONS, GETFILECHECKSUM. Source: WebHDFS REST API;
 * NamenodeWebHdfsMethods; the DataNode's WebHdfsHandler. */
import type { ByteRange, HdfsReading } from "../hdfs/client.ts";
import type { HttpResponse } from "../world.ts";
import { type Asked, failure, readJsonText } from "./answer.ts";
import { decodeFileBlocks, decodeFileChecksum } from "./content-codec.ts";
import type { DataNode } from "./data-node.ts";
import { parse, parseExact } from "./decode.ts";
import { type NameNode, translating } from "./name-node.ts";

/** The reading part of the client. */
export function createReading(nameNode: NameNode, dataNode: DataNode): HdfsReading {
  const checkRange = (operation: string, path: string, { offsetBytes, lengthBytes }: ByteRange): void => {
    const whole = Number.isSafeInteger(offsetBytes) && Number.isSafeInteger(lengthBytes);
    if (whole && offsetBytes >= 0 && lengthBytes >= 0) return;
    const asked = { operation, path, changes: false, server: nameNode.server };
    throw failure(asked, "invalidArgument", `${lengthBytes} bytes from ${offsetBytes} is no range`);
  };

  return {
    async *open(path, range, cancel) {
      checkRange("OPEN", path, range);
      // The DataNode would answer a range of no bytes, but the NameNode refuses an offset at the file's end.
      if (range.lengthBytes > 0) yield* bytesOf(dataNode, path, range, cancel);
    },

    async getBlockLocations(path, range, cancel) {
      checkRange("GET_BLOCK_LOCATIONS", path, range);
      const query = { offset: range.offsetBytes, length: range.lengthBytes };
      const call = { method: "GET", op: "GET_BLOCK_LOCATIONS", path, query, cancel } as const;
      return nameNode.ask(call, decodeFileBlocks, parseExact);
    },

    async getFileChecksum(path, cancel) {
      const call = { method: "GET", op: "GETFILECHECKSUM", path, cancel } as const;
      const { response, asked } = await dataNode.exchange(call, undefined, true);
      return translating(asked, async () => decodeFileChecksum(parse(await readJsonText(response, asked))));
    },
  };
}

async function* bytesOf(
  dataNode: DataNode,
  path: string,
  { offsetBytes, lengthBytes }: ByteRange,
  cancel: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const query = { offset: offsetBytes, length: lengthBytes };
  const call = { method: "GET", op: "OPEN", path, query, cancel } as const;
  const { response, asked } = await dataNode.exchange(call, undefined, true);
  const chunks = response.body[Symbol.asyncIterator]();
  let received = 0;
  let ended = false;
  try {
    checkAnnounced(response, lengthBytes, asked);
    while (!ended) {
      const next = await translating(asked, () => chunks.next());
      ended = next.done === true;
      if (next.done === true) break;
      received += next.value.length;
      if (received > lengthBytes)
        throw failure(asked, "malformedAnswer", `more than the ${lengthBytes} bytes asked for`);
      yield next.value;
    }
  } finally {
    // Also when the caller leaves early: the connection must not stay taken.
    if (!ended) await chunks.return?.();
  }
  if (received < lengthBytes) throw truncated(asked, received, lengthBytes);
}

/** A shorter answer is found out before its bytes are used. */
function checkAnnounced(response: HttpResponse, lengthBytes: number, asked: Asked): void {
  const announced = response.headers["content-length"];
  if (announced === undefined || Number(announced) >= lengthBytes) return;
  throw truncated(asked, Number(announced), lengthBytes);
}

function truncated(asked: Asked, received: number, expected: number) {
  const reason = `${asked.server} gives ${received} of ${expected} bytes: the file is shorter`;
  return failure(asked, "truncated", reason);
}
