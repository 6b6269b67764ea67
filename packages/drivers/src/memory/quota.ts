/** Room in the file system in memory: quotas on directories, and the disks as a whole. */
import { CoevalError } from "@coeval/core/errors";
import type { DirectoryNode } from "./inode.ts";
import { descend, type NameSystem, type Quota, resolve } from "./name-system.ts";

/** Refuses what would pass a quota of any directory above `path`. */
export function checkQuota(names: NameSystem, path: string, addedNames: number, addedBytes: number): void {
  if (names.quotas.size === 0) return;
  for (const { node, name } of resolve(names, path).steps) {
    if (node.type !== "directory" || !names.quotas.has(node.id)) continue;
    const left = quotaLeft(names, node);
    if (left?.names !== null && left && left.names < addedNames) {
      throw new CoevalError(
        "quota-exceeded",
        `The NameSpace quota of directory '${name}' is exceeded: ${left.names} names left`,
      );
    }
    if (left?.bytes !== null && left && left.bytes < addedBytes) {
      throw new CoevalError(
        "quota-exceeded",
        `The DiskSpace quota of directory '${name}' is exceeded: ${left.bytes} bytes left`,
      );
    }
  }
}

/** What the directory's own quota leaves; null without one. */
function quotaLeft(names: NameSystem, directory: DirectoryNode): Quota | null {
  const quota = names.quotas.get(directory.id);
  if (!quota) return null;
  let count = 0;
  let bytes = 0;
  for (const [, node] of descend(directory, "")) {
    count++;
    if (node.type === "file") bytes += node.content.length * node.replication;
  }
  return {
    names: quota.names === null ? null : quota.names - count,
    bytes: quota.bytes === null ? null : quota.bytes - bytes,
  };
}

/** Takes bytes off the disks. What is deleted is not given back: snapshots may hold it. */
export function takeSpace(names: NameSystem, path: string, bytes: number): void {
  if (bytes > names.remainingBytes) {
    throw new CoevalError(
      "secondary-full",
      `${path}: ${bytes} bytes to write, ${names.remainingBytes} bytes left on the disks`,
    );
  }
  names.remainingBytes -= bytes;
}
