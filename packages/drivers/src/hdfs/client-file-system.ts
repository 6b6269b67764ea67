/** The driver's file system on a real cluster, over a client of the hadoop package, whichever protocol it speaks. */
import { CoevalError } from "@coeval/core/errors";
import type { HdfsClient } from "@coeval/hadoop/hdfs/client";
import type { FileStatus as HadoopStatus } from "@coeval/hadoop/hdfs/file-status";
import type { DiffEntry, FileStatus, FileSystem } from "./file-system.ts";
import { failedWith, translated, translating, translatingEach } from "./client-errors.ts";

/**
 * No inode has this id, so nothing can be done to it; but whether the caller is a superuser is asked before whether it
 * exists (FSNamesystem.disallowSnapshot: src; run on 3.4.2).
 */
const NOTHING = "/.reserved/.inodes/1";
/** Entries of a diff's page that are held at once come from the NameNode; this bounds what a caller may hold open. */
const OPEN_FILES_MAX = 1_000_000;

export function createClientFileSystem(client: HdfsClient, user: string): FileSystem {
  return {
    user,
    ...readCalls(client),
    ...editCalls(client),
    ...attributeCalls(client),
    ...snapshotCalls(client),
    ...clusterCalls(client),
  };
}

function readCalls(client: HdfsClient) {
  return {
    async status(path, cancel) {
      try {
        return toStatus(await client.getFileStatus(path, cancel), nameOf(path));
      } catch (thrown) {
        if (failedWith(thrown, "notFound", "snapshotNotFound")) return null;
        throw translated(thrown);
      }
    },
    listPage: (directory, after, cancel) =>
      translating(async () => {
        const page = await client.listStatusPage(directory, after ?? "", cancel);
        return { entries: page.entries.map((each) => toStatus(each, each.name)), more: page.remaining > 0 };
      }),
    open: (path, offsetBytes, lengthBytes, cancel) =>
      translatingEach(() => client.open(path, { offsetBytes, lengthBytes, lent: true }, cancel)),
    acl: (path, cancel) => translating(async () => (await client.getAclStatus(path, cancel)).entries),
    xattrs: (path, cancel) =>
      translating(async () => {
        const xattrs = await client.getXAttrs(path, cancel);
        return xattrs.map(({ name, value }) => [name, toHex(value)] as const);
      }),
  } satisfies Partial<FileSystem>;
}

function editCalls(client: HdfsClient) {
  return {
    makeDirectory: (path, mode, cancel) => translating(() => client.mkdirs(path, mode & 0o777, cancel)),
    create: (path, form, content, cancel) =>
      translating(() => {
        const { mode, replication, blockSize } = form;
        const options = { permission: mode & 0o777, overwrite: true, replication, blockSizeBytes: blockSize };
        return client.create(path, content, options, cancel);
      }),
    async rename(from, to, cancel) {
      try {
        await client.rename(from, to, { overwrite: false }, cancel);
        return "renamed";
      } catch (thrown) {
        if (failedWith(thrown, "alreadyExists")) return "taken";
        // A missing parent of the destination is told the same way as a missing source.
        if (failedWith(thrown, "notFound") && !/destination parent/.test(String(thrown))) return "no-source";
        throw translated(thrown);
      }
    },
    remove: (path, cancel) => translating(() => client.delete(path, { recursive: true }, cancel)),
    async removeEmpty(path, cancel) {
      try {
        return await client.delete(path, { recursive: false }, cancel);
      } catch (thrown) {
        if (failedWith(thrown, "notEmpty")) return false;
        throw translated(thrown);
      }
    },
  } satisfies Partial<FileSystem>;
}

function attributeCalls(client: HdfsClient) {
  return {
    setOwner: (path, owner, group, cancel) =>
      translating(() => client.setOwner(path, { owner, group }, cancel)),
    setMode: (path, mode, cancel) => translating(() => client.setPermission(path, mode, cancel)),
    setTimes: (path, modificationTimeMs, atimeMs, cancel) =>
      translating(() =>
        client.setTimes(path, { modificationTimeMs, accessTimeMs: atimeMs ?? undefined }, cancel),
      ),
    setReplication: (path, replication, cancel) =>
      translating(() => client.setReplication(path, replication, cancel)),
    setAcl: (path, entries, cancel) => translating(() => client.setAcl(path, entries, cancel)),
    removeAcl: (path, cancel) => translating(() => client.removeAcl(path, cancel)),
    setXattr: (path, [name, hex], cancel) =>
      translating(() => client.setXAttr(path, { name, value: fromHex(hex) }, cancel)),
    async removeXattr(path, name, cancel) {
      try {
        await client.removeXAttr(path, name, cancel);
      } catch (thrown) {
        if (!failedWith(thrown, "xattrNotFound")) throw translated(thrown);
      }
    },
  } satisfies Partial<FileSystem>;
}

function snapshotCalls(client: HdfsClient) {
  return {
    allowSnapshot: (directory, cancel) => translating(() => client.allowSnapshot(directory, cancel)),
    disallowSnapshot: (directory, cancel) => translating(() => client.disallowSnapshot(directory, cancel)),
    async createSnapshot(root, name, cancel) {
      try {
        await client.createSnapshot(root, name, cancel);
        return "created";
      } catch (thrown) {
        if (failedWith(thrown, "snapshotExists")) return "exists";
        throw translated(thrown);
      }
    },
    async deleteSnapshot(root, name, cancel) {
      try {
        await client.deleteSnapshot(root, name, cancel);
        return true;
      } catch (thrown) {
        if (failedWith(thrown, "snapshotNotFound", "notSnapshottable", "notFound")) return false;
        throw translated(thrown);
      }
    },
    renameSnapshot: (root, from, to, cancel) =>
      translating(() => client.renameSnapshot(root, from, to, cancel)),
    snapshots: (root, cancel) =>
      translating(async () => {
        const snapshots = (await client.getSnapshots(root, cancel)).filter(({ deleted }) => !deleted);
        return snapshots
          .toSorted((a, b) => a.snapshotId - b.snapshotId)
          .map(({ name, snapshotId }) => ({ name, id: snapshotId }));
      }),
    snapshottableRoots: (cancel) =>
      translating(async () => (await client.getSnapshottableDirectories(cancel)).map(({ path }) => path)),
    snapshotDiff: (root, from, to, cancel) =>
      translatingEach(() => diffEntries(client, root, from, to ?? "", cancel)),
    openFiles: (root, cancel) => openFiles(client, root, cancel),
  } satisfies Partial<FileSystem>;
}

function clusterCalls(client: HdfsClient) {
  return {
    async superuser(cancel) {
      try {
        await client.disallowSnapshot(NOTHING, cancel);
        return true;
      } catch (thrown) {
        if (failedWith(thrown, "accessControl")) return false;
        if (failedWith(thrown, "notFound", "notSnapshottable", "safeMode")) return true;
        throw translated(thrown);
      }
    },
    contentSummary: (path, cancel) =>
      translating(async () => {
        const summary = await client.getContentSummary(path, cancel);
        return {
          files: summary.fileCount - summary.snapshotFileCount,
          directories: summary.directoryCount - summary.snapshotDirectoryCount,
          bytes: summary.lengthBytes - summary.snapshotLengthBytes,
          spaceBytes: summary.spaceConsumedBytes - summary.snapshotSpaceConsumedBytes,
        };
      }),
    state: (cancel) =>
      translating(async () => {
        const info = await client.getClusterInfo(cancel, { dataNodes: false });
        return {
          // The block pool's id is made with the namespace and is as unique; the namespace's own is not told over HTTP.
          identity: { clusterId: info.clusterId, namespaceId: info.blockPoolId },
          version: info.softwareVersion,
          safeMode: info.safeMode !== null,
          capacityBytes: info.capacityTotalBytes,
          remainingBytes: info.capacityRemainingBytes,
          usedBytes: info.capacityUsedBytes,
        };
      }),
    liveDataNodes: (cancel) =>
      translating(async () => (await client.getClusterInfo(cancel)).liveDataNodes?.length ?? null),
    async setting(key, cancel) {
      try {
        return await client.getConfiguration(key, cancel);
      } catch (thrown) {
        if (failedWith(thrown, "accessControl", "unsupported")) return null;
        throw translated(thrown);
      }
    },
  } satisfies Partial<FileSystem>;
}

async function* diffEntries(
  client: HdfsClient,
  root: string,
  from: string,
  to: string,
  cancel: AbortSignal,
): AsyncGenerator<DiffEntry> {
  for await (const page of client.getSnapshotDiffPages(root, from, to, cancel)) {
    for (const { path } of page.modified) yield { kind: "modified", path };
    for (const { path } of page.created) yield { kind: "created", path };
    for (const { path, target } of page.deleted) {
      yield target === null ? { kind: "deleted", path } : { kind: "renamed", path, target };
    }
  }
}

async function openFiles(
  client: HdfsClient,
  root: string,
  cancel: AbortSignal,
): Promise<readonly string[] | null> {
  const paths: string[] = [];
  try {
    for await (const { path } of client.listOpenFiles(root, cancel)) {
      paths.push(path);
      if (paths.length > OPEN_FILES_MAX) {
        throw new CoevalError("too-large", `${root} has more than ${OPEN_FILES_MAX} open files`);
      }
    }
  } catch (thrown) {
    if (failedWith(thrown, "accessControl")) return null;
    throw translated(thrown);
  }
  return paths;
}

function toStatus(status: HadoopStatus, name: string): FileStatus {
  return {
    name,
    type: status.type,
    id: String(status.fileId),
    length: status.lengthBytes,
    mtimeMs: status.modificationTimeMs,
    atimeMs: status.accessTimeMs,
    owner: status.owner,
    group: status.group,
    mode: status.permission,
    replication: status.replication,
    blockSize: status.blockSizeBytes,
    hasAcl: status.hasAcl,
    encrypted: status.encrypted,
    erasureCoded: status.erasureCoded,
    snapshottable: status.snapshottable,
  };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
