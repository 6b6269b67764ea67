/** Snapshots and their differences as WebHDFS writes them. Source: JsonUtil.toJsonMap of SnapshotStatus,
 * SnapshottableDirectoryStatus, SnapshotDiffReport, SnapshotDiffReportListing. */
import { joinPath } from "../hdfs/path.ts";
import type {
  Snapshot,
  SnapshotDiffEntry,
  SnapshotDiffListingEntry,
  SnapshotDiffPage,
  SnapshottableDirectory,
} from "../hdfs/snapshot.ts";
import { Fields, MalformedAnswer } from "./decode.ts";
import { decodeFileStatus } from "./file-status.ts";

/** Answer of GETSNAPSHOTTABLEDIRECTORYLIST; the list is null when there are none. */
export function decodeSnapshottableDirectories(json: unknown): readonly SnapshottableDirectory[] {
  const answer = new Fields(json, "answer");
  if (answer.value("SnapshottableDirectoryList") === null) return [];
  return answer.objects("SnapshottableDirectoryList").map((fields) => {
    const status = decodeFileStatus(fields.object("dirStatus"));
    return {
      path: joinPath(fields.text("parentFullPath") || "/", status.name),
      snapshotCount: fields.count("snapshotNumber"),
      snapshotQuota: fields.count("snapshotQuota"),
      status,
    };
  });
}

/** Answer of GETSNAPSHOTLIST. */
export function decodeSnapshots(json: unknown): readonly Snapshot[] {
  const answer = new Fields(json, "answer");
  if (answer.value("SnapshotList") === null) return [];
  return answer.objects("SnapshotList").map((fields) => {
    const root = decodeFileStatus(fields.object("dirStatus"));
    return {
      name: root.name,
      snapshotId: fields.count("snapshotID"),
      path: fields.text("fullPath"),
      deleted: fields.text("deletionStatus") === "DELETED",
      root,
    };
  });
}

/** Answer of GETSNAPSHOTDIFF. */
export function decodeSnapshotDiff(json: unknown): readonly SnapshotDiffEntry[] {
  const report = new Fields(json, "answer").object("SnapshotDiffReport");
  return report.objects("diffList").map((fields) => {
    const type = fields.text("type").toLowerCase();
    if (type !== "create" && type !== "modify" && type !== "delete" && type !== "rename") {
      throw new MalformedAnswer(`SnapshotDiffReport.diffList: type ${JSON.stringify(type)}`);
    }
    return { type, path: fields.text("sourcePath"), target: fields.textOrNull("targetPath") };
  });
}

/** Where the next page of a paged diff begins; null after the last page. */
export interface DiffCursor {
  readonly startPath: string;
  readonly index: number;
}

/** The cursor that a paged diff begins with. */
export const FIRST_PAGE: DiffCursor = { startPath: "", index: -1 };

/** Answer of GETSNAPSHOTDIFFLISTING. */
export function decodeSnapshotDiffPage(json: unknown): { page: SnapshotDiffPage; next: DiffCursor | null } {
  const fields = new Fields(json, "answer").object("SnapshotDiffReportListing");
  const next: DiffCursor = { startPath: fields.text("lastPath"), index: fields.whole("lastIndex") };
  return {
    page: {
      modified: fields.objects("modifyList").map(decodeListingEntry),
      created: fields.objects("createList").map(decodeListingEntry),
      deleted: fields.objects("deleteList").map(decodeListingEntry),
    },
    // DistributedFileSystem.SnapshotDiffReportListingIterator: nothing follows "" and -1.
    next: next.startPath === FIRST_PAGE.startPath && next.index === FIRST_PAGE.index ? null : next,
  };
}

function decodeListingEntry(fields: Fields): SnapshotDiffListingEntry {
  return {
    dirId: fields.count("dirId"),
    fileId: fields.count("fileId"),
    path: fields.text("sourcePath"),
    target: fields.textOrNull("targetPath"),
    isReference: fields.flag("isReference"),
  };
}
