/** What the HDFS driver states about its component, and HDFS's own bounds. */
import type { Facts } from "@coeval/core/ports/component";

/** Live snapshots of one root (dfs.namenode.snapshot.max.limit's default, and the most it allows: src). */
export const SNAPSHOTS_PER_ROOT_MAX = 65_536;
/** Snapshot ids in a file system's whole life, never used again (src). */
export const SNAPSHOT_IDS_MAX = 2 ** 28;
/** Calls to the name system that the driver has under way at once, where it makes several. */
export const CALLS_AT_ONCE_MAX = 16;
/** True when the cluster itself freezes files that are open at a snapshot. Unset means false. */
export const CAPTURE_OPEN_FILES_KEY = "dfs.namenode.snapshot.capture.openfiles";

export const hdfsFacts: Facts = {
  component: "hdfs",
  snapshotsPerRootMax: SNAPSHOTS_PER_ROOT_MAX,
  covering: true,
};
