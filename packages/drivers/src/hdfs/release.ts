/** Deletes a run's snapshots, then proves that the name system can still list what stays. */
import { CoevalError } from "@coeval/core/errors";
import type { Prepared } from "@coeval/core/ports/source";
import type { FileSystem } from "./file-system.ts";
import { inSnapshot } from "./snapshot-paths.ts";

export async function releaseSnapshots(
  fs: FileSystem,
  prepared: Prepared,
  keep: Prepared | null,
  cancel: AbortSignal,
): Promise<void> {
  for (const { root } of prepared.roots) {
    const deleted = await fs.deleteSnapshot(root, prepared.snapshotName, cancel);
    if (!deleted) continue;
    await proveListing(fs, root, root, cancel);
    const kept = keep?.roots.find((each) => each.root === root);
    if (keep && kept) await proveListing(fs, root, inSnapshot(root, keep.snapshotName), cancel);
  }
}

/** Deleting snapshots can damage a NameNode's directory lists (HDFS-16972); then listing throws, and a restart fails. */
async function proveListing(fs: FileSystem, root: string, path: string, cancel: AbortSignal): Promise<void> {
  try {
    await fs.listPage(path, null, cancel);
  } catch (thrown) {
    // What is kept may never have been taken (a crash before the moment), or was removed underfoot: nothing is damaged then.
    if (thrown instanceof CoevalError && thrown.code === "not-found") return;
    if (!(thrown instanceof CoevalError) || thrown.code !== "cluster-refused") throw thrown;
    throw new CoevalError(
      "cluster-refused",
      `${path} cannot be listed after a snapshot of ${root} was deleted (${thrown.message}). The NameNode may be damaged as in ` +
        "HDFS-16972: take no more snapshots, do not restart it, make no checkpoint, keep the older images",
      { cause: thrown },
    );
  }
}
