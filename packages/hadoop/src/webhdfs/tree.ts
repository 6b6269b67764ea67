/** Names over WebHDFS: GETFILESTATUS, LISTSTATUS_BATCH, MKDIRS, RENAME, DELETE.
 * Source: WebHDFS REST API; NamenodeWebHdfsMethods. */
import type { HdfsTree } from "../hdfs/client.ts";
import type { FileStatus } from "../hdfs/file-status.ts";
import { pathFault } from "../hdfs/path.ts";
import { failure } from "./answer.ts";
import { decodeBoolean } from "./decode.ts";
import { decodeDirectoryPage, decodeFileStatusAnswer } from "./file-status.ts";
import type { NameNode } from "./name-node.ts";

/** The names' part of the client. */
export function createTree(nameNode: NameNode): HdfsTree {
  const asked = (operation: string, path: string) => ({
    operation,
    path,
    changes: false,
    server: nameNode.server,
  });

  const listStatusPage: HdfsTree["listStatusPage"] = async (path, after, cancel) => {
    const query = { startafter: after === "" ? undefined : after };
    const page = await nameNode.ask(
      { method: "GET", op: "LISTSTATUS_BATCH", path, query, cancel },
      decodeDirectoryPage,
    );
    // A file is answered as a listing of one entry without a name.
    if (page.entries[0]?.name === "")
      throw failure(asked("LISTSTATUS_BATCH", path), "notADirectory", "is not a directory");
    return page;
  };

  async function* listStatus(path: string, cancel?: AbortSignal): AsyncGenerator<FileStatus> {
    let after = "";
    for (;;) {
      const page = await listStatusPage(path, after, cancel);
      yield* page.entries;
      const last = page.entries.at(-1)?.name;
      if (page.remaining === 0) return;
      if (last === undefined || last === after) {
        throw failure(
          asked("LISTSTATUS_BATCH", path),
          "malformedAnswer",
          "the listing does not go on after a page",
        );
      }
      after = last;
    }
  }

  return {
    getFileStatus: (path, cancel) =>
      nameNode.ask({ method: "GET", op: "GETFILESTATUS", path, cancel }, decodeFileStatusAnswer),
    listStatus,
    listStatusPage,

    async mkdirs(path, permission, cancel) {
      const query = { permission: permission.toString(8) };
      const call = { method: "PUT", op: "MKDIRS", path, query, repeatable: true, cancel } as const;
      const made = await nameNode.ask(call, decodeBoolean);
      if (!made)
        throw failure(asked("MKDIRS", path), "serverError", "the NameNode did not make the directory");
    },

    async rename(from, to, options, cancel) {
      const fault = pathFault(to);
      if (fault !== null) throw failure(asked("RENAME", to), "invalidPath", `the path ${fault}`);
      // With an option it is rename2: exact. Without, HDFS would move into an existing directory.
      const query = { destination: to, renameoptions: options.overwrite ? "OVERWRITE" : "NONE" };
      await nameNode.tell({ method: "PUT", op: "RENAME", path: from, query, cancel });
    },

    delete: (path, options, cancel) =>
      nameNode.ask(
        { method: "DELETE", op: "DELETE", path, query: { recursive: options.recursive }, cancel },
        decodeBoolean,
      ),
  };
}
