/** Access control lists of HDFS, and how a list read from one inode is written to another. */

/** As `GETACLSTATUS` tells it. */
export interface AclStatus {
  readonly owner: string;
  readonly group: string;
  /** With the sticky bit. When an entry of the access list exists, the group bits are its mask. */
  readonly permission: number;
  /** In HDFS's own order and text, e.g. `user:bob:rwx`, `group::r-x`, `default:mask::rwx`. The access list comes
   * without its owner, mask and other entries: those are `permission`. The default list is complete. */
  readonly entries: readonly string[];
}

/**
 * The complete list, as `setAcl` wants it, that makes an inode's ACL equal to `status`; null when `status` has no
 * ACL. Its mask is given expressly: HDFS would otherwise compute a wider one.
 */
export function fullAcl(status: AclStatus): readonly string[] | null {
  if (status.entries.length === 0) return null;
  const access = status.entries.filter((entry) => !entry.startsWith("default:"));
  const defaults = status.entries.filter((entry) => entry.startsWith("default:"));
  const group = rwx(status.permission >> 3);
  return [
    `user::${rwx(status.permission >> 6)}`,
    ...(access.length === 0 ? [`group::${group}`] : [...access, `mask::${group}`]),
    `other::${rwx(status.permission)}`,
    ...defaults,
  ];
}

function rwx(bits: number): string {
  return `${bits & 4 ? "r" : "-"}${bits & 2 ? "w" : "-"}${bits & 1 ? "x" : "-"}`;
}
