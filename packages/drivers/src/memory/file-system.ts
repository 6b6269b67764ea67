/**
 * An HDFS in memory behind the driver's FileSystem. Every call answers after the latency on the world's clock,
 * or at once, and in the order in which it was made.
 */
import { CoevalError } from "@coeval/core/errors";
import { compareTreePaths } from "@coeval/core/model/entry";
import type { Clock } from "@coeval/core/ports/clock";
import type { ContentSummary, FileStatus, FileSystem, ListPage } from "../hdfs/file-system.ts";
import * as attributes from "./attributes.ts";
import { readContent } from "./content.ts";
import { diffTrees } from "./diff.ts";
import * as edit from "./edit.ts";
import { type Inode, sortedNames, statusOf } from "./inode.ts";
import { descend, find, get, type NameSystem, resolve, ROOT_INODE, type Step } from "./name-system.ts";
import { checkAccess, EXECUTE, mayAccess, READ } from "./rights.ts";
import * as snapshots from "./snapshots.ts";

/** What a piece that was read holds when it is not the reader's any more. */
const TAKEN_BACK = 0xdd;

export interface MemoryFileSystemOptions {
  readonly user: string;
  /** Of every call; drawn anew each time. */
  readonly latencyMs: () => number;
  /** Entries of a listing's page: small ones show errors that 1,000 hide. */
  readonly pageEntries: number;
  /** Asked before every call; throws when the cluster cannot be reached. */
  readonly reachable: () => void;
}

/** Tools of a call: waits, then does it. */
type Call = <T>(cancel: AbortSignal, act: () => T) => Promise<T>;

export function createMemoryFileSystem(
  world: { readonly clock: Clock },
  names: NameSystem,
  options: MemoryFileSystemOptions,
): FileSystem {
  const call: Call = async (cancel, act) => {
    cancel.throwIfAborted();
    const ms = options.latencyMs();
    await (ms > 0 ? world.clock.sleep(ms, cancel) : undefined);
    options.reachable();
    return act();
  };
  return {
    user: options.user,
    ...readCalls(names, options, call),
    ...editCalls(names, options.user, call),
    ...snapshotCalls(names, options.user, call),
    ...clusterCalls(names, options.user, call),
  };
}

type Names = NameSystem;

function readCalls(names: Names, { user, pageEntries }: MemoryFileSystemOptions, call: Call) {
  return {
    status: (path, cancel) => call(cancel, () => status(names, user, path)),
    listPage: (directory, after, cancel) =>
      call(cancel, () => listPage(names, user, directory, after, pageEntries)),
    async *open(path, offset, length, cancel) {
      const content = await call(cancel, () => {
        const node = get(names, path);
        checkAccess(names, user, resolve(names, path), READ);
        if (node.type !== "file") throw new CoevalError("cluster-refused", `${path} is not a file`);
        if (offset + length > node.content.length) {
          throw new CoevalError(
            "corrupt",
            `${path} ends before ${offset + length}: it has ${node.content.length} bytes`,
          );
        }
        return node.content;
      });
      for (const chunk of readContent(content, offset, length)) {
        const lent = await call(cancel, () => chunk.slice());
        yield lent;
        // So that whoever keeps it is found out.
        lent.fill(TAKEN_BACK);
      }
    },
    acl: (path, cancel) => call(cancel, () => (visit(names, user, path), get(names, path).acl)),
    xattrs: (path, cancel) =>
      call(cancel, () => (visit(names, user, path), attributes.visibleXattrs(names, user, path))),
  } satisfies Partial<FileSystem>;
}

function editCalls(names: Names, user: string, call: Call) {
  return {
    makeDirectory: (path, mode, cancel) => call(cancel, () => edit.makeDirectory(names, user, path, mode)),
    async create(path, form, content, cancel) {
      const writer = await call(cancel, () => edit.createFile(names, user, path, form));
      let written = 0;
      for await (const bytes of content) {
        await call(cancel, () => writer.write(bytes));
        written += bytes.length;
      }
      await call(cancel, () => writer.close());
      return written;
    },
    rename: (from, to, cancel) => call(cancel, () => edit.rename(names, user, from, to)),
    remove: (path, cancel) => call(cancel, () => edit.remove(names, user, path)),
    removeEmpty: (path, cancel) =>
      call(cancel, () => {
        const node = find(names, path);
        if (node?.type !== "directory" || node.children.size > 0) return false;
        return edit.remove(names, user, path);
      }),
    setOwner: (path, owner, group, cancel) =>
      call(cancel, () => attributes.setOwner(names, user, path, owner, group)),
    setMode: (path, mode, cancel) => call(cancel, () => attributes.setMode(names, user, path, mode)),
    setTimes: (path, mtimeMs, atimeMs, cancel) =>
      call(cancel, () => attributes.setTimes(names, user, path, mtimeMs, atimeMs)),
    setReplication: (path, replication, cancel) =>
      call(cancel, () => attributes.setReplication(names, user, path, replication)),
    setAcl: (path, entries, cancel) => call(cancel, () => attributes.setAcl(names, user, path, entries)),
    removeAcl: (path, cancel) => call(cancel, () => attributes.removeAcl(names, user, path)),
    setXattr: (path, xattr, cancel) => call(cancel, () => attributes.setXattr(names, user, path, xattr)),
    removeXattr: (path, name, cancel) => call(cancel, () => attributes.removeXattr(names, user, path, name)),
  } satisfies Partial<FileSystem>;
}

function snapshotCalls(names: Names, user: string, call: Call) {
  return {
    allowSnapshot: (directory, cancel) => call(cancel, () => snapshots.allowSnapshot(names, user, directory)),
    disallowSnapshot: (directory, cancel) =>
      call(cancel, () => snapshots.disallowSnapshot(names, user, directory)),
    createSnapshot: (root, name, cancel) =>
      call(cancel, () => snapshots.createSnapshot(names, user, root, name)),
    deleteSnapshot: (root, name, cancel) =>
      call(cancel, () => snapshots.deleteSnapshot(names, user, root, name)),
    renameSnapshot: (root, from, to, cancel) =>
      call(cancel, () => snapshots.renameSnapshot(names, user, root, from, to)),
    snapshots: (root, cancel) =>
      call(cancel, () => snapshots.snapshotsOf(names, root).map(({ name, id }) => ({ name, id }))),
    snapshottableRoots: (cancel) =>
      call(cancel, () =>
        snapshots
          .snapshottablePaths(names)
          .filter((path) => user === names.superuser || find(names, path)?.owner === user),
      ),
    async *snapshotDiff(root, from, to, cancel) {
      const entries = await call(cancel, () =>
        diffTrees(snapshots.treeOf(names, root, from), snapshots.treeOf(names, root, to)),
      );
      yield* entries;
    },
    openFiles: (root, cancel) => call(cancel, () => openFiles(names, user, root)),
  } satisfies Partial<FileSystem>;
}

function clusterCalls(names: Names, user: string, call: Call) {
  return {
    superuser: (cancel) => call(cancel, () => user === names.superuser),
    state: (cancel) =>
      call(cancel, () => ({
        identity: { ...names.identity },
        version: "memory",
        safeMode: names.safeMode,
        capacityBytes: names.capacityBytes,
        remainingBytes: names.remainingBytes,
        usedBytes: names.capacityBytes - names.remainingBytes,
      })),
    liveDataNodes: (cancel) => call(cancel, () => 3),
    contentSummary: (path, cancel) => call(cancel, () => contentSummary(names, user, path)),
    setting: (key, cancel) => call(cancel, () => names.settings.get(key) ?? null),
  } satisfies Partial<FileSystem>;
}

function status(names: Names, user: string, path: string): FileStatus | null {
  const resolved = resolve(names, path);
  checkAccess(names, user, resolved, 0);
  if (resolved.missing.length > 0) return null;
  const { name, node } = resolved.steps.at(-1) as Step;
  return show(names, name, node);
}

function listPage(
  names: Names,
  user: string,
  path: string,
  after: string | null,
  pageEntries: number,
): ListPage {
  const node = get(names, path);
  checkAccess(names, user, resolve(names, path), READ | EXECUTE);
  if (node.type !== "directory") return { entries: [show(names, "", node)], more: false };
  const all = sortedNames(node);
  const start = after === null ? 0 : firstBehind(all, after);
  const entries = all
    .slice(start, start + pageEntries)
    .map((name) => show(names, name, node.children.get(name) as Inode));
  return { entries, more: start + pageEntries < all.length };
}

/** Index of the first name behind `after`, which may be gone by now. */
function firstBehind(sorted: readonly string[], after: string): number {
  const exact = sorted.indexOf(after);
  if (exact >= 0) return exact + 1;
  const behind = sorted.findIndex((name) => compareTreePaths(name, after) > 0);
  return behind < 0 ? sorted.length : behind;
}

function show(names: Names, name: string, node: Inode): FileStatus {
  // As HDFS shows it: `/` always, though it has room for no snapshot until they are allowed.
  return statusOf(node, name, node.id === ROOT_INODE || names.snapshottable.has(node.id));
}

/** Whoever may enter every directory may ask, as with fsck. */
function openFiles(names: Names, user: string, root: string): readonly string[] | null {
  const open: string[] = [];
  for (const [path, node] of descend(get(names, root), root)) {
    if (node.type === "directory" && !mayAccess(names, user, resolve(names, path), READ | EXECUTE))
      return null;
    if (names.openFiles.has(node.id)) open.push(path);
  }
  return open;
}

function contentSummary(names: Names, user: string, path: string): ContentSummary {
  let [files, directories, bytes, spaceBytes] = [0, 0, 0, 0];
  for (const [at, node] of descend(get(names, path), path)) {
    if (node.type === "file") {
      files++;
      bytes += node.content.length;
      spaceBytes += node.content.length * node.replication;
    } else {
      checkAccess(names, user, resolve(names, at), READ | EXECUTE);
      directories++;
    }
  }
  return { files, directories, bytes, spaceBytes };
}

function visit(names: Names, user: string, path: string): void {
  get(names, path);
  checkAccess(names, user, resolve(names, path), 0);
}
