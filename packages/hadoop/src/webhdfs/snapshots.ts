/** Taking, naming, listing and deleting snapshots over WebHDFS. Source: WebHDFS REST API; NamenodeWebHdfsMethods;
 * GETSNAPSHOTLIST since 3.3.1. */
import type { HdfsSnapshots } from "../hdfs/client.ts";
import { failure } from "./answer.ts";
import { Fields } from "./decode.ts";
import type { NameNode } from "./name-node.ts";
import { decodeSnapshots, decodeSnapshottableDirectories } from "./snapshot-codec.ts";

/** The snapshots' part of the client. */
export function createSnapshots(nameNode: NameNode): HdfsSnapshots {
  /** Without a name the NameNode would make one up. */
  const checkName = (operation: string, root: string, name: string): void => {
    if (name !== "") return;
    const asked = { operation, path: root, changes: false, server: nameNode.server };
    throw failure(asked, "invalidArgument", "the snapshot's name is empty");
  };

  return {
    allowSnapshot: (path, cancel) =>
      nameNode.tell({ method: "PUT", op: "ALLOWSNAPSHOT", path, repeatable: true, cancel }),

    disallowSnapshot: (path, cancel) =>
      nameNode.tell({ method: "PUT", op: "DISALLOWSNAPSHOT", path, repeatable: true, cancel }),

    async createSnapshot(root, name, cancel) {
      checkName("CREATESNAPSHOT", root, name);
      const query = { snapshotname: name };
      const call = { method: "PUT", op: "CREATESNAPSHOT", path: root, query, cancel } as const;
      return nameNode.ask(call, (json) => new Fields(json, "answer").text("Path"));
    },

    async deleteSnapshot(root, name, cancel) {
      checkName("DELETESNAPSHOT", root, name);
      const query = { snapshotname: name };
      await nameNode.tell({ method: "DELETE", op: "DELETESNAPSHOT", path: root, query, cancel });
    },

    async renameSnapshot(root, from, to, cancel) {
      checkName("RENAMESNAPSHOT", root, from);
      checkName("RENAMESNAPSHOT", root, to);
      const query = { oldsnapshotname: from, snapshotname: to };
      await nameNode.tell({ method: "PUT", op: "RENAMESNAPSHOT", path: root, query, cancel });
    },

    getSnapshottableDirectories: (cancel) => {
      const call = { method: "GET", op: "GETSNAPSHOTTABLEDIRECTORYLIST", path: "/", cancel } as const;
      return nameNode.ask(call, decodeSnapshottableDirectories);
    },

    getSnapshots: (root, cancel) =>
      nameNode.ask({ method: "GET", op: "GETSNAPSHOTLIST", path: root, cancel }, decodeSnapshots),
  };
}
