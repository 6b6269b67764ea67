/** Takes a holding directory away, with all its sealed points: what is not coeval's, or another service's, is never touched. */
import { CoevalError } from "@coeval/core/errors";
import { joinPath } from "@coeval/core/model/path";
import type { Holding } from "@coeval/core/ports/target";
import type { FileSystem } from "./file-system.ts";
import { CURRENT, pointSnapshotName, readMark, SERVICE_MARK } from "./layout.ts";

/** How many snapshots went. Cut anywhere, it goes on where it was. */
export async function discardHolding(fs: FileSystem, holding: Holding, cancel: AbortSignal): Promise<number> {
  const { directory } = holding;
  const status = await fs.status(directory, cancel);
  if (!status) return 0;
  const service = await readMark(fs, directory, SERVICE_MARK, cancel);
  if (service !== holding.service) {
    const whose = service === null ? "is not coeval's" : `holds the data of service '${service}'`;
    throw new CoevalError("foreign-data", `${directory} ${whose}; nothing of it was deleted`);
  }
  const deleted = status.snapshottable ? await deleteSnapshots(fs, directory, cancel) : 0;
  if (await fs.superuser(cancel)) {
    if (status.snapshottable) await fs.disallowSnapshot(directory, cancel);
    await fs.remove(directory, cancel);
  } else await empty(fs, directory, cancel);
  return deleted;
}

/** Oldest first: deleting them in another order can corrupt a NameNode (HDFS-16972). */
async function deleteSnapshots(fs: FileSystem, directory: string, cancel: AbortSignal): Promise<number> {
  const names = (await fs.snapshots(directory, cancel)).map(({ name }) => name);
  const foreign = names.filter((name) => name !== CURRENT && !name.startsWith(pointSnapshotName("")));
  if (foreign.length > 0)
    throw new CoevalError(
      "foreign-snapshot",
      `${directory} has snapshots that are not coeval's: ${foreign[0]}; nothing of it was deleted`,
      { evidence: foreign },
    );
  for (const name of names) {
    await fs.deleteSnapshot(directory, name, cancel);
    await fs.listPage(directory, null, cancel);
  }
  return names.length;
}

/** Only a superuser may forbid snapshots on a directory, and one that allows them cannot be removed: it stays, empty. */
async function empty(fs: FileSystem, directory: string, cancel: AbortSignal): Promise<void> {
  for (;;) {
    const { entries } = await fs.listPage(directory, null, cancel);
    if (entries.length === 0) return;
    for (const { name } of entries) await fs.remove(joinPath(directory, name), cancel);
  }
}
