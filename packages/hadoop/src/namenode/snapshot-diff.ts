/** Differences between snapshots: the full report, and page by page. Source: ClientProtocol,
 * DistributedFileSystem.SnapshotDiffReportListingIterator of hadoop-hdfs-client 3.4. */
import type { HdfsSnapshotDiffs } from "../hdfs/client.ts";
import type { SnapshotDiffEntry, SnapshotDiffListingEntry, SnapshotDiffPage } from "../hdfs/snapshot.ts";
import { MalformedMessage } from "../proto/decode.ts";
import type {
  SnapshotDiffReportEntryProto,
  SnapshotDiffReportListingEntryProto,
  SnapshotDiffReportListingProto,
} from "../proto/generated/snapshot_pb.ts";
import { CALLS, failure, type NameNode } from "./name-node.ts";
import { count, present, text, utf8 } from "./values.ts";

/** Where a page begins. */
interface Cursor {
  readonly startPath: Uint8Array;
  readonly index: number;
}

/** The first page begins here, and nothing follows a page that says this. */
const START: Cursor = { startPath: utf8(""), index: -1 };

/** The differences' part of the client. */
export function createSnapshotDiffs(nameNode: NameNode): HdfsSnapshotDiffs {
  async function* pages(
    root: string,
    from: string,
    to: string,
    cancel?: AbortSignal,
  ): AsyncGenerator<SnapshotDiffPage> {
    let cursor = START;
    for (;;) {
      const request = { snapshotRoot: root, fromSnapshot: from, toSnapshot: to, cursor };
      const { page, next } = await nameNode.read(
        CALLS.getSnapshotDiffReportListing,
        root,
        request,
        (answer) => toPage(present(answer.diffReport, "GetSnapshotDiffReportListingResponse.diffReport")),
        cancel,
      );
      yield page;
      if (isSame(next, START)) return;
      if (isSame(next, cursor)) {
        const operation = CALLS.getSnapshotDiffReportListing.name;
        throw failure(operation, root, "malformedAnswer", "the paged diff does not go on after a page");
      }
      cursor = next;
    }
  }

  return {
    getSnapshotDiff: (root, from, to, cancel) =>
      nameNode.read(
        CALLS.getSnapshotDiffReport,
        root,
        { snapshotRoot: root, fromSnapshot: from, toSnapshot: to },
        ({ diffReport }) => {
          const report = present(diffReport, "GetSnapshotDiffReportResponse.diffReport");
          return report.diffReportEntries.map(toEntry);
        },
        cancel,
      ),
    getSnapshotDiffPages: pages,
  };
}

const TYPES: Readonly<Record<string, SnapshotDiffEntry["type"]>> = {
  M: "modify",
  "+": "create",
  "-": "delete",
  R: "rename",
};

function toEntry({
  modificationLabel,
  fullpath,
  targetPath,
}: SnapshotDiffReportEntryProto): SnapshotDiffEntry {
  const type = TYPES[modificationLabel];
  if (type === undefined)
    throw new MalformedMessage(`SnapshotDiffReportEntry.modificationLabel is "${modificationLabel}"`);
  const path = text(fullpath, "SnapshotDiffReportEntry.fullpath");
  const target = type === "rename" ? text(targetPath, "SnapshotDiffReportEntry.targetPath") : null;
  return { type, path, target };
}

function toPage(listing: SnapshotDiffReportListingProto): { page: SnapshotDiffPage; next: Cursor } {
  const { cursor = START } = listing;
  return {
    page: {
      modified: listing.modifiedEntries.map(toListingEntry),
      created: listing.createdEntries.map(toListingEntry),
      deleted: listing.deletedEntries.map(toListingEntry),
    },
    next: { startPath: cursor.startPath, index: cursor.index },
  };
}

function toListingEntry(entry: SnapshotDiffReportListingEntryProto): SnapshotDiffListingEntry {
  const target = text(entry.targetPath, "SnapshotDiffReportListingEntry.targetPath");
  return {
    dirId: count(entry.dirId, "SnapshotDiffReportListingEntry.dirId"),
    fileId: count(entry.fileId, "SnapshotDiffReportListingEntry.fileId"),
    path: text(entry.fullpath, "SnapshotDiffReportListingEntry.fullpath"),
    target: target === "" ? null : target,
    isReference: entry.isReference,
  };
}

function isSame(a: Cursor, b: Cursor): boolean {
  if (a.index !== b.index || a.startPath.length !== b.startPath.length) return false;
  return a.startPath.every((byte, index) => byte === b.startPath[index]);
}
