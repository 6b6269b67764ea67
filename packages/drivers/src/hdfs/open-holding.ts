/** Opens a holding directory for a run: ours, as the base point was sealed, cleared of what other runs left behind. */
import { CoevalError } from "@coeval/core/errors";
import { joinPath } from "@coeval/core/model/path";
import type { Log } from "@coeval/core/ports/log";
import type { Holding, Opened } from "@coeval/core/ports/target";
import { changesSince, contentOf } from "./changes-since-seal.ts";
import { claimHolding } from "./claim.ts";
import type { FileSystem } from "./file-system.ts";
import {
  asideRootPath,
  CURRENT,
  newRootPath,
  OPEN_MODE,
  POINT_MARK,
  pointSnapshotName,
  readMark,
  runStagePath,
  setParents,
  stagePath,
} from "./layout.ts";
import { inSnapshot } from "./snapshot-paths.ts";

export async function openHolding(
  log: Log,
  fs: FileSystem,
  holding: Holding,
  cancel: AbortSignal,
): Promise<Opened> {
  const state = await fs.state(cancel);
  if (state.safeMode) throw new CoevalError("safe-mode", "the secondary's NameNode is in safe mode");
  await claimHolding(fs, holding, cancel);
  await settleSnapshots(log, fs, holding, cancel);
  // Once this run's own switch has begun, its journal says how the tree must look, not the base.
  if (!(await fs.status(asideRootPath(holding), cancel))) await proveUnchanged(fs, holding, cancel);
  await removeStaging(log, fs, holding, holding.run, cancel);
  for (const path of [...setParents(holding)].sort()) {
    await fs.makeDirectory(joinPath(holding.directory, path), OPEN_MODE, cancel);
  }
  for (const path of [stagePath(holding), runStagePath(holding), newRootPath(holding)]) {
    await fs.makeDirectory(path, OPEN_MODE, cancel);
  }
  // Quotas are not asked for: HDFS would sum up whole trees to answer. They refuse the writing, with their figures.
  // While it takes in a DataNode's heartbeat the NameNode counts that one's room as nothing (DatanodeStats, HeartbeatManager of
  // Hadoop 3.4.2): so the larger of two answers holds.
  const again = await fs.state(cancel);
  const freeBytes = larger(state.remainingBytes, again.remainingBytes);
  if (freeBytes !== null && freeBytes <= 0) {
    throw new CoevalError("secondary-full", `${holding.directory}: no byte more fits on the secondary`);
  }
  return { freeBytes };
}

function larger(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}

/**
 * `.snapshot/current` is the base point. An earlier seal may have been cut between its steps and given up:
 * then the base gets its place back, and the snapshot that never became a point goes.
 */
async function settleSnapshots(
  log: Log,
  fs: FileSystem,
  holding: Holding,
  cancel: AbortSignal,
): Promise<void> {
  const { directory, basePoint } = holding;
  const all = await fs.snapshots(directory, cancel);
  const find = (name: string) => all.findIndex((snapshot) => snapshot.name === name);
  let base = find(CURRENT);
  if (base >= 0) {
    const point = await readMark(fs, inSnapshot(directory, CURRENT), POINT_MARK, cancel);
    if (point !== basePoint) throw baseMismatch(holding, `its newest sealed point is '${point}'`);
  } else if (basePoint !== null) {
    base = find(pointSnapshotName(basePoint));
    if (base < 0) throw baseMismatch(holding, "it has no such snapshot");
    await fs.renameSnapshot(directory, pointSnapshotName(basePoint), CURRENT, cancel);
  }
  const abandoned = all.slice(base + 1).filter(({ name }) => name.startsWith(pointSnapshotName("")));
  for (const { name } of abandoned.reverse()) {
    log.warn("abandoned-seal-removed", { directory, snapshot: name });
    await fs.deleteSnapshot(directory, name, cancel);
  }
}

async function proveUnchanged(fs: FileSystem, holding: Holding, cancel: AbortSignal): Promise<void> {
  const { directory, basePoint } = holding;
  const changed =
    basePoint === null
      ? await contentOf(fs, holding, cancel)
      : await changesSince(fs, holding, CURRENT, cancel);
  if (changed.length === 0) return;
  const since =
    basePoint === null ? "though no point was sealed there yet" : `since point '${basePoint}' was sealed`;
  throw new CoevalError("conflict", `${directory} was changed ${since}: ${changed[0]}`, {
    evidence: changed,
  });
}

/**
 * Removes what runs have staged and set aside, all but one's. Only after the live tree is proven: then it is needed no more. Each by its
 * name: should a request land late, a later run's staging is spared.
 */
export async function removeStaging(
  log: Log,
  fs: FileSystem,
  holding: Holding,
  keep: string | null,
  cancel: AbortSignal,
): Promise<void> {
  if (!(await fs.status(stagePath(holding), cancel))) return;
  for (let more = true; more; ) {
    const page = await fs.listPage(stagePath(holding), null, cancel);
    const others = page.entries.filter(({ name }) => name !== keep);
    for (const { name } of others) {
      log.info("leftover-staging-removed", { directory: holding.directory, run: name });
      await fs.remove(`${stagePath(holding)}/${name}`, cancel);
    }
    more = page.more && others.length > 0;
  }
}

function baseMismatch(holding: Holding, why: string): CoevalError {
  const base = holding.basePoint === null ? "none" : `'${holding.basePoint}'`;
  return new CoevalError(
    "base-mismatch",
    `${holding.directory}: the run's base point is ${base}, but ${why}`,
  );
}
