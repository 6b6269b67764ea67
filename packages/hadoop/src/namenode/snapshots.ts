/** Taking, naming, listing and deleting snapshots. Source: ClientProtocol of hadoop-hdfs-client 3.4; getSnapshotListing
 * since 3.3.1. */
import type { HdfsSnapshots } from "../hdfs/client.ts";
import { joinPath, snapshotPath } from "../hdfs/path.ts";
import type { Snapshot, SnapshottableDirectory } from "../hdfs/snapshot.ts";
import type {
  SnapshotStatusProto,
  SnapshottableDirectoryStatusProto,
} from "../proto/generated/snapshot_pb.ts";
import { toFileStatus } from "./file-status.ts";
import { CALLS, failure, type NameNode } from "./name-node.ts";
import { present, text } from "./values.ts";

/** The snapshots' part of the client. */
export function createSnapshots(nameNode: NameNode): HdfsSnapshots {
  /** Without a name the NameNode would make one up. */
  const checkName = (operation: string, root: string, name: string): void => {
    if (name === "") throw failure(operation, root, "invalidArgument", "the snapshot's name is empty");
  };

  return {
    allowSnapshot: (path, cancel) => nameNode.tell(CALLS.allowSnapshot, path, { snapshotRoot: path }, cancel),

    disallowSnapshot: (path, cancel) =>
      nameNode.tell(CALLS.disallowSnapshot, path, { snapshotRoot: path }, cancel),

    async createSnapshot(root, name, cancel) {
      checkName("createSnapshot", root, name);
      const request = { snapshotRoot: root, snapshotName: name };
      return nameNode.read(CALLS.createSnapshot, root, request, (answer) => answer.snapshotPath, cancel);
    },

    async deleteSnapshot(root, name, cancel) {
      checkName("deleteSnapshot", root, name);
      await nameNode.tell(CALLS.deleteSnapshot, root, { snapshotRoot: root, snapshotName: name }, cancel);
    },

    async renameSnapshot(root, from, to, cancel) {
      checkName("renameSnapshot", root, from);
      checkName("renameSnapshot", root, to);
      const request = { snapshotRoot: root, snapshotOldName: from, snapshotNewName: to };
      await nameNode.tell(CALLS.renameSnapshot, root, request, cancel);
    },

    getSnapshottableDirectories: (cancel) =>
      nameNode.read(
        CALLS.getSnapshottableDirListing,
        "/",
        {},
        (answer) => (answer.snapshottableDirList?.snapshottableDirListing ?? []).map(toDirectory),
        cancel,
      ),

    getSnapshots: (root, cancel) =>
      nameNode.read(
        CALLS.getSnapshotListing,
        root,
        { snapshotRoot: root },
        (answer) => (answer.snapshotList?.snapshotListing ?? []).map(toSnapshot),
        cancel,
      ),
  };
}

function toDirectory(directory: SnapshottableDirectoryStatusProto): SnapshottableDirectory {
  const status = toFileStatus(present(directory.dirStatus, "SnapshottableDirectoryStatus.dirStatus"));
  const parent = text(directory.parentFullpath, "SnapshottableDirectoryStatus.parent_fullpath") || "/";
  return {
    path: joinPath(parent, status.name),
    snapshotCount: directory.snapshotNumber,
    snapshotQuota: directory.snapshotQuota,
    status,
  };
}

function toSnapshot(snapshot: SnapshotStatusProto): Snapshot {
  const root = toFileStatus(present(snapshot.dirStatus, "SnapshotStatus.dirStatus"));
  const directory = text(snapshot.parentFullpath, "SnapshotStatus.parent_fullpath") || "/";
  return {
    name: root.name,
    snapshotId: snapshot.snapshotID,
    path: snapshotPath(directory, root.name),
    deleted: snapshot.isDeleted,
    root,
  };
}
