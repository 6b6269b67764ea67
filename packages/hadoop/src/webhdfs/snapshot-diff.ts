/** Differences between snapshots over WebHDFS: the full report, and page by page. Source: WebHDFS REST API;
 * WebHdfsFileSystem.getSnapshotDiffReportListing. */
import type { HdfsSnapshotDiffs } from "../hdfs/client.ts";
import type { SnapshotDiffPage } from "../hdfs/snapshot.ts";
import { failure } from "./answer.ts";
import type { NameNode } from "./name-node.ts";
import { type DiffCursor, decodeSnapshotDiff, decodeSnapshotDiffPage, FIRST_PAGE } from "./snapshot-codec.ts";

const PAGED = "GETSNAPSHOTDIFFLISTING";

/** The differences' part of the client. */
export function createSnapshotDiffs(nameNode: NameNode): HdfsSnapshotDiffs {
  const diffPage = (root: string, from: string, to: string, at: DiffCursor, cancel?: AbortSignal) => {
    const names = { oldsnapshotname: from, snapshotname: to };
    const query = { ...names, snapshotdiffstartpath: at.startPath, snapshotdiffindex: at.index };
    return nameNode.ask({ method: "GET", op: PAGED, path: root, query, cancel }, decodeSnapshotDiffPage);
  };

  async function* diffPages(
    root: string,
    from: string,
    to: string,
    cancel?: AbortSignal,
  ): AsyncGenerator<SnapshotDiffPage> {
    let at: DiffCursor = FIRST_PAGE;
    for (;;) {
      const { page, next } = await diffPage(root, from, to, at, cancel);
      yield page;
      if (next === null) return;
      if (next.startPath === at.startPath && next.index === at.index) {
        const asked = { operation: PAGED, path: root, changes: false, server: nameNode.server };
        throw failure(asked, "malformedAnswer", "the paged diff does not go on after a page");
      }
      at = next;
    }
  }

  return {
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
