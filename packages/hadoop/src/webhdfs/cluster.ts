/** What the NameNode's web server tells of the cluster beside WebHDFS: `/jmx`, `/conf`, `/fsck`. */
import type { HdfsCluster, HdfsTree } from "../hdfs/client.ts";
import type { ClusterInfo } from "../hdfs/cluster-info.ts";
import type { OpenFile } from "../hdfs/open-file.ts";
import { joinPath } from "../hdfs/path.ts";
import { type Asked, failure } from "./answer.ts";
import {
  decodeClusterInfo,
  decodeConfiguration,
  decodeServerDefaults,
  INFO_TARGET,
  isNameNodeJmx,
  STATUS_TARGET,
} from "./cluster-info.ts";
import { createFsckReader } from "./fsck.ts";
import { MalformedAnswer } from "./decode.ts";
import { type NameNode, translating } from "./name-node.ts";
import { encodeQuery } from "./url.ts";

export function createCluster(nameNode: NameNode, tree: HdfsTree): HdfsCluster {
  const asked = (operation: string, path: string): Asked => ({
    operation,
    path,
    changes: false,
    server: nameNode.server,
  });

  const bean = async (target: string, cancel: AbortSignal | undefined): Promise<unknown> => {
    const call = { target, operation: "identify", path: "/jmx", cancel };
    const found = await nameNode.page(call, (json) => ({ json, isNameNode: isNameNodeJmx(json) }));
    if (found?.isNameNode === true) return found.json;
    const what = found === null ? "has no /jmx" : "is another of Hadoop's daemons";
    throw failure(asked("identify", "/jmx"), "notANameNode", `${nameNode.server} is no NameNode: it ${what}`);
  };

  return {
    async getClusterInfo(cancel): Promise<ClusterInfo> {
      const info = await bean(INFO_TARGET, cancel);
      const status = await bean(STATUS_TARGET, cancel);
      return translating(asked("identify", "/jmx"), async () => decodeClusterInfo(info, status));
    },

    getServerDefaults: (cancel) =>
      nameNode.ask({ method: "GET", op: "GETSERVERDEFAULTS", path: "/", cancel }, decodeServerDefaults),

    getConfiguration: (key, cancel) => {
      const target = `/conf?${encodeQuery({ name: key })}`;
      return nameNode.page({ target, operation: "configuration", path: key, cancel }, (json) =>
        decodeConfiguration(json, key),
      );
    },

    listOpenFiles: (path, cancel) => openFiles(nameNode, tree, path, asked("fsck", path), cancel),
  };
}

async function* openFiles(
  nameNode: NameNode,
  tree: HdfsTree,
  path: string,
  asked: Asked,
  cancel: AbortSignal | undefined,
): AsyncGenerator<OpenFile> {
  // By inode, because the web server turns & < > " ' of the parameter into HTML entities before fsck sees it.
  const { fileId } = await tree.getFileStatus(path, cancel);
  const root = `/.reserved/.inodes/${fileId}`;
  const target = `/fsck?${encodeQuery({ path: root, openforwrite: 1 })}`;
  const response = await nameNode.stream({ target, operation: asked.operation, path, cancel });
  const reader = createFsckReader(root);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const chunks = response.body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await translating(asked, () => chunks.next());
      if (next.done === true) break;
      const found = await translating(asked, async () => reader.push(decodePiece(decoder, next.value)));
      for (const file of found) yield { ...file, path: joinPath(path, file.path) };
    }
  } finally {
    await chunks.return?.();
  }
  const end = await translating(asked, async () => {
    decodePiece(decoder);
    return reader.end();
  });
  if (end.kind === "notFound") throw failure(asked, "notFound", "is gone");
  if (end.kind === "failed") {
    throw failure(asked, /permission|denied/i.test(end.reason) ? "accessControl" : "serverError", end.reason);
  }
}

/** Without bytes: the end, which may not lie inside a character. */
function decodePiece(decoder: TextDecoder, bytes?: Uint8Array): string {
  try {
    return decoder.decode(bytes, { stream: bytes !== undefined });
  } catch (cause) {
    throw new MalformedAnswer("/fsck: the answer is not UTF-8", { cause });
  }
}
