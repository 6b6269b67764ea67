/** Snapshots over WebHDFS. Source: WebHDFS REST API; NamenodeWebHdfsMethods; GETSNAPSHOTDIFFLISTING since 3.3.1,
 * GETSNAPSHOTLIST since 3.3.1. */
import type { HdfsSnapshots } from "../hdfs/client.ts";
import type { SnapshotDiffPage } from "../hdfs/snapshot.ts";
import { failure } from "./answer.ts";
import { Fields } from "./decode.ts";
import type { NameNode } from "./name-node.ts";
import {
  type DiffCursor,
  decodeSnapshotDiff,
  decodeSnapshotDiffPage,
  decodeSnapshots,
  decodeSnapshottableDirectories,
  FIRST_PAGE,
} from "./snapshot-codec.ts";

export function createSnapshots(nameNode: NameNode): HdfsSnapshots {
  const asked = (operation: string, path: string) => ({
    operation,
    path,
    changes: false,
    server: nameNode.server,
  });

  /** Without a name the NameNode would make one up. */
  const checkName = (operation: string, root: string, name: string): void => {
    if (name === "") throw failure(asked(operation, root), "invalidArgument", "the snapshot's name is empty");
  };

  const diffPage = (root: string, from: string, to: string, cursor: DiffCursor, cancel?: AbortSignal) => {
    const query = {
      oldsnapshotname: from,
      snapshotname: to,
      snapshotdiffstartpath: cursor.startPath,
      snapshotdiffindex: cursor.index,
    };
    const call = { method: "GET", op: "GETSNAPSHOTDIFFLISTING", path: root, query, cancel } as const;
    return nameNode.ask(call, decodeSnapshotDiffPage);
  };

  async function* diffPages(
    root: string,
    from: string,
    to: string,
    cancel?: AbortSignal,
  ): AsyncGenerator<SnapshotDiffPage> {
    checkName("GETSNAPSHOTDIFFLISTING", root, from);
    let cursor: DiffCursor = FIRST_PAGE;
    for (;;) {
      const { page, next } = await diffPage(root, from, to, cursor, cancel);
      yield page;
      if (next === null) return;
      if (next.startPath === cursor.startPath && next.index === cursor.index) {
        throw failure(
          asked("GETSNAPSHOTDIFFLISTING", root),
          "malformedAnswer",
          "the paged diff does not go on",
        );
      }
      cursor = next;
    }
  }

  return {
    allowSnapshot: (path, cancel) =>
      nameNode.tell({ method: "PUT", op: "ALLOWSNAPSHOT", path, repeatable: true, cancel }),

    disallowSnapshot: (path, cancel) =>
      nameNode.tell({ method: "PUT", op: "DISALLOWSNAPSHOT", path, repeatable: true, cancel }),

    async createSnapshot(root, name, cancel) {
      checkName("CREATESNAPSHOT", root, name);
      const call = {
        method: "PUT",
        op: "CREATESNAPSHOT",
        path: root,
        query: { snapshotname: name },
        cancel,
      } as const;
      return nameNode.ask(call, (json) => new Fields(json, "answer").text("Path"));
    },

    async deleteSnapshot(root, name, cancel) {
      checkName("DELETESNAPSHOT", root, name);
      await nameNode.tell({
        method: "DELETE",
        op: "DELETESNAPSHOT",
        path: root,
        query: { snapshotname: name },
        cancel,
      });
    },

    async renameSnapshot(root, from, to, cancel) {
      checkName("RENAMESNAPSHOT", root, from);
      checkName("RENAMESNAPSHOT", root, to);
      const query = { oldsnapshotname: from, snapshotname: to };
      await nameNode.tell({ method: "PUT", op: "RENAMESNAPSHOT", path: root, query, cancel });
    },

    getSnapshottableDirectories: (cancel) =>
      nameNode.ask(
        { method: "GET", op: "GETSNAPSHOTTABLEDIRECTORYLIST", path: "/", cancel },
        decodeSnapshottableDirectories,
      ),

    getSnapshots: (root, cancel) =>
      nameNode.ask({ method: "GET", op: "GETSNAPSHOTLIST", path: root, cancel }, decodeSnapshots),

    getSnapshotDiff: (root, from, to, cancel) => {
      const query = { oldsnapshotname: from, snapshotname: to };
      return nameNode.ask(
        { method: "GET", op: "GETSNAPSHOTDIFF", path: root, query, cancel },
        decodeSnapshotDiff,
      );
    },

    getSnapshotDiffPages: diffPages,
  };
}
