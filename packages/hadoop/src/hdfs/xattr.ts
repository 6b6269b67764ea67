/** Extended attributes of HDFS. */

export interface XAttr {
  /** With its namespace: `user.`, `trusted.` (superusers only), `security.`, `system.`, `raw.` (never shown here).
   * `security.hdfs.unreadable.by.superuser` keeps superusers from reading a file and can never be removed again. */
  readonly name: string;
  /** May be empty. Name and value together: 16,384 bytes (`dfs.namenode.fs-limits.max-xattr-size`). */
  readonly value: Uint8Array;
}
