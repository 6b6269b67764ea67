/** Writing files over WebHDFS: CREATE, APPEND, TRUNCATE, CONCAT. Source: WebHDFS REST API; NamenodeWebHdfsMethods;
 * the DataNode's WebHdfsHandler, which answers `100 Continue` unasked and closes the connection after each file. */
import type { Body, HdfsWriting } from "../hdfs/client.ts";
import { pathFault } from "../hdfs/path.ts";
import { failure } from "./answer.ts";
import type { DataNode } from "./data-node.ts";
import { decodeBoolean } from "./decode.ts";
import { type Call, type NameNode, translating } from "./name-node.ts";

/** The writing part of the client. */
export function createWriting(nameNode: NameNode, dataNode: DataNode): HdfsWriting {
  return {
    create: (path, body, options, cancel) => {
      const query = {
        permission: options.permission.toString(8),
        overwrite: options.overwrite,
        replication: options.replication,
        blocksize: options.blockSizeBytes,
      };
      return send(dataNode, { method: "PUT", op: "CREATE", path, query, cancel }, body);
    },

    append: (path, body, cancel) => send(dataNode, { method: "POST", op: "APPEND", path, cancel }, body),

    truncate: (path, lengthBytes, cancel) => {
      const query = { newlength: lengthBytes };
      return nameNode.ask({ method: "POST", op: "TRUNCATE", path, query, cancel }, decodeBoolean);
    },

    async concat(target, sources, cancel) {
      for (const source of sources) {
        const fault = pathFault(source) ?? (source.includes(",") ? COMMA : null);
        if (fault === null) continue;
        const asked = { operation: "CONCAT", path: source, changes: false, server: nameNode.server };
        throw failure(asked, "invalidPath", `the path ${fault}`);
      }
      const query = { sources: sources.join(",") };
      await nameNode.tell({ method: "POST", op: "CONCAT", path: target, query, cancel });
    },
  };
}

const COMMA = "holds a comma, which WebHDFS takes as a separator here";

async function send(dataNode: DataNode, call: Call, body: Body): Promise<number> {
  const { counted, count } = counting(body);
  const { response, asked } = await dataNode.exchange(call, counted, false);
  await translating(asked, async () => {
    // A good answer is empty; reading it lets the connection go.
    for await (const _ of response.body) continue;
  });
  return count();
}

function counting(body: Body): { counted: Body; count: () => number } {
  if (body instanceof Uint8Array) return { counted: body, count: () => body.length };
  let length = 0;
  async function* counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      length += chunk.length;
      // The HTTP client may send it later than it asks for the next.
      yield new Uint8Array(chunk);
    }
  }
  return { counted: counted(body), count: () => length };
}
