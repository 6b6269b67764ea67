/** Sizes, quotas, rights and well-known places. Source: ClientProtocol, DistributedFileSystem.getTrashRoot of
 * hadoop-hdfs-client 3.4. */
import type { HdfsUsage } from "../hdfs/client.ts";
import type { Quota } from "../hdfs/content-summary.ts";
import { joinPath } from "../hdfs/path.ts";
import { HdfsFileStatusProto_Flags as Flags } from "../proto/generated/file_pb.ts";
import { CALLS, failure, type NameNode } from "./name-node.ts";
import { toAction } from "./acl-entries.ts";
import { count, limit, present, toLong } from "./values.ts";

/** HdfsConstants.QUOTA_RESET. */
const NO_LIMIT = -1;
/** `dfs.user.home.dir.prefix`. */
const HOME_PREFIX = "/user";
const TRASH = ".Trash";

/** The usage part of the client. `user` is the caller's short name. */
export function createUsage(nameNode: NameNode, user: string): HdfsUsage {
  const home = joinPath(HOME_PREFIX, user);

  const isSnapshottable = (path: string, cancel: AbortSignal | undefined): Promise<boolean> =>
    nameNode.read(
      CALLS.getFileInfo,
      path,
      { src: path },
      ({ fs }) => ((fs?.flags ?? 0) & Flags.SNAPSHOT_ENABLED) !== 0,
      cancel,
    );

  return {
    getContentSummary: (path, cancel) =>
      nameNode.read(
        CALLS.getContentSummary,
        path,
        { path },
        (answer) => {
          const summary = present(answer.summary, "GetContentSummaryResponse.summary");
          return {
            lengthBytes: count(summary.length, "ContentSummary.length"),
            fileCount: count(summary.fileCount, "ContentSummary.fileCount"),
            directoryCount: count(summary.directoryCount, "ContentSummary.directoryCount"),
            spaceConsumedBytes: count(summary.spaceConsumed, "ContentSummary.spaceConsumed"),
            snapshotLengthBytes: count(summary.snapshotLength, "ContentSummary.snapshotLength"),
            snapshotFileCount: count(summary.snapshotFileCount, "ContentSummary.snapshotFileCount"),
            snapshotDirectoryCount: count(
              summary.snapshotDirectoryCount,
              "ContentSummary.snapshotDirectoryCount",
            ),
            snapshotSpaceConsumedBytes: count(
              summary.snapshotSpaceConsumed,
              "ContentSummary.snapshotSpaceConsumed",
            ),
            quota: toQuota(summary),
          };
        },
        cancel,
      ),

    getQuotaUsage: (path, cancel) =>
      nameNode.read(
        CALLS.getQuotaUsage,
        path,
        { path },
        (answer) => {
          const usage = present(answer.usage, "GetQuotaUsageResponse.usage");
          return {
            fileAndDirectoryCount: count(usage.fileAndDirectoryCount, "QuotaUsage.fileAndDirectoryCount"),
            spaceConsumedBytes: count(usage.spaceConsumed, "QuotaUsage.spaceConsumed"),
            quota: toQuota(usage),
          };
        },
        cancel,
      ),

    async setQuota(path, { names, spaceBytes }, cancel) {
      const request = {
        path,
        namespaceQuota: toLong(names ?? NO_LIMIT),
        storagespaceQuota: toLong(spaceBytes ?? NO_LIMIT),
      };
      await nameNode.tell(CALLS.setQuota, path, request, cancel);
    },

    async checkAccess(path, action, cancel) {
      const mode = toAction(action);
      if (mode === null)
        throw failure("checkAccess", path, "invalidArgument", `"${action}" is no action such as "r-x"`);
      await nameNode.tell(CALLS.checkAccess, path, { path, mode }, cancel);
    },

    getHomeDirectory: async () => home,

    async getTrashRoot(path, cancel) {
      const zone = await nameNode.read(
        CALLS.getEZForPath,
        path,
        { src: path },
        (answer) => answer.zone,
        cancel,
      );
      if (zone !== undefined) return joinPath(joinPath(zone.path, TRASH), user);
      const inSnapshotRoot = await nameNode.read(
        CALLS.getServerDefaults,
        "/",
        {},
        ({ serverDefaults }) => serverDefaults?.snapshotTrashRootEnabled === true,
        cancel,
      );
      // The root itself always counts as snapshottable, and has no trash of its own for that.
      for (let at = path; inSnapshotRoot && at !== "/"; at = parentOf(at))
        if (await isSnapshottable(at, cancel)) return joinPath(joinPath(at, TRASH), user);
      return joinPath(home, TRASH);
    },
  };
}

function toQuota(fields: { readonly quota: bigint; readonly spaceQuota: bigint }): Quota {
  return { names: limit(fields.quota), spaceBytes: limit(fields.spaceQuota) };
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}
