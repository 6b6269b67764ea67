/** Extended attributes of HDFS. */

export interface XAttr {
  /** With its namespace: `user.`, `trusted.` (superusers only), `security.`, `system.`, `raw.` (never shown here). */
  readonly name: string;
  /** May be empty. Name and value together: 16,384 bytes (`dfs.namenode.fs-limits.max-xattr-size`). */
  readonly value: Uint8Array;
}

/** Set by a user to keep superusers from reading a file; HDFS never lets it be removed again. */
export const UNREADABLE_BY_SUPERUSER = "security.hdfs.unreadable.by.superuser";
