/**
 * Seals a point: a snapshot of the holding directory, published as `.snapshot/current`. HDFS lets readers pass a
 * directory in a snapshot by the mode it had when the snapshot was taken, so the directory stands open for that one
 * request; whatever changed meanwhile is found afterwards. Each step may be repeated after a crash.
 */
import { CoevalError } from "@coeval/core/errors";
import { joinPath } from "@coeval/core/model/path";
import type { Log } from "@coeval/core/ports/log";
import type { Holding, SealedSnapshot, SealRequest } from "@coeval/core/ports/target";
import { changesSince, strangersBeside } from "./changes-since-seal.ts";
import type { FileSystem } from "./file-system.ts";
import {
  CLOSED_MODE,
  CURRENT,
  OPEN_MODE,
  POINT_MARK,
  pointSnapshotName,
  readMark,
  stagePath,
  writeMark,
} from "./layout.ts";
import { removeStaging } from "./open-holding.ts";
import { inSnapshot } from "./snapshot-paths.ts";

export async function sealPoint(
  log: Log,
  fs: FileSystem,
  holding: Holding,
  request: SealRequest,
  cancel: AbortSignal,
): Promise<SealedSnapshot> {
  const { directory } = holding;
  const name = pointSnapshotName(request.point);
  const names = (await fs.snapshots(directory, cancel)).map((snapshot) => snapshot.name);
  let stamp: number | null = null;
  const current = names.includes(CURRENT) ? await markOf(fs, directory, CURRENT, cancel) : null;
  if (current !== request.point) {
    if (current !== null && current !== request.previous) {
      throw new CoevalError(
        "base-mismatch",
        `${directory}: the newest sealed point is '${current}', not '${request.previous}'`,
      );
    }
    // A snapshot that held staging would show it to readers and charge what was replaced for as long as the point lives.
    await removeStaging(log, fs, holding, null, cancel);
    await fs.removeEmpty(stagePath(holding), cancel);
    if (!names.includes(name)) await takeOpened(fs, holding, request, cancel);
    await closeAndProve(fs, holding, request.point, cancel);
    stamp = (await fs.status(inSnapshot(directory, name), cancel))?.mtimeMs ?? null;
    // A request of an earlier seal that landed late has taken the name of the point that is about to get it back.
    if (current !== null && names.includes(pointSnapshotName(current)))
      await fs.deleteSnapshot(directory, pointSnapshotName(current), cancel);
    if (current !== null) await fs.renameSnapshot(directory, CURRENT, pointSnapshotName(current), cancel);
    await fs.renameSnapshot(directory, name, CURRENT, cancel);
  }
  // Once published the stamp is lost: HDFS puts the time of the renaming in its place.
  return { snapshotName: name, clusterStampMs: stamp };
}

/** The name under which a point's snapshot is found now. @throws CoevalError `not-found`. */
export async function sealedSnapshot(
  fs: FileSystem,
  holding: Holding,
  point: string,
  cancel: AbortSignal,
): Promise<string> {
  const { directory } = holding;
  const names = (await fs.snapshots(directory, cancel)).map((snapshot) => snapshot.name);
  if (names.includes(pointSnapshotName(point))) return pointSnapshotName(point);
  if (names.includes(CURRENT) && (await markOf(fs, directory, CURRENT, cancel)) === point) return CURRENT;
  throw new CoevalError("not-found", `${directory} holds no snapshot of ${point} any more`);
}

/** Names of the points' snapshots, oldest first. */
export async function sealedSnapshots(
  fs: FileSystem,
  holding: Holding,
  cancel: AbortSignal,
): Promise<readonly string[]> {
  const all = await fs.snapshots(holding.directory, cancel);
  return all
    .map(({ name }) => name)
    .filter((name) => name === CURRENT || name.startsWith(pointSnapshotName("")));
}

async function takeOpened(
  fs: FileSystem,
  holding: Holding,
  { point, unlike }: SealRequest,
  cancel: AbortSignal,
): Promise<void> {
  const { directory } = holding;
  const status = await fs.status(directory, cancel);
  if (!status) throw new CoevalError("conflict", `${directory} is gone`, { evidence: [directory] });
  if (status.mode !== CLOSED_MODE) await fs.setMode(directory, CLOSED_MODE, cancel);
  // The mark of a point whose snapshot is missing: an earlier attempt got as far as opening the directory.
  const interrupted = (await readMark(fs, directory, POINT_MARK, cancel)) === point;
  if (interrupted || status.mode !== CLOSED_MODE) await proveUntouched(fs, holding, unlike, cancel);
  await writeMark(fs, directory, POINT_MARK, point, cancel);
  await fs.setMode(directory, OPEN_MODE, cancel);
  try {
    await fs.createSnapshot(directory, pointSnapshotName(point), cancel);
  } finally {
    // Whatever happened, it must not stay open; the caller's cancellation included.
    await fs.setMode(directory, CLOSED_MODE, new AbortController().signal);
  }
}

/** A seal that was cut while the directory stood open has left it so: somebody may have written meanwhile. */
async function proveUntouched(
  fs: FileSystem,
  holding: Holding,
  unlike: SealRequest["unlike"],
  cancel: AbortSignal,
): Promise<void> {
  const { directory } = holding;
  const strangers = await strangersBeside(fs, holding, cancel);
  const found = strangers.length > 0 ? strangers : await unlike(cancel);
  const evidence = found.map((path) => joinPath(directory, path));
  if (evidence.length === 0) return;
  throw new CoevalError("conflict", `${directory} was changed while a seal was interrupted: ${evidence[0]}`, {
    evidence,
  });
}

/**
 * From here on nothing can change; what changed between the snapshot and the closing makes the point void. So does a request that landed
 * late: a snapshot that was taken while the directory was closed shuts the readers out, one with another's mark is of no point.
 */
async function closeAndProve(
  fs: FileSystem,
  holding: Holding,
  point: string,
  cancel: AbortSignal,
): Promise<void> {
  const { directory } = holding;
  const name = pointSnapshotName(point);
  const status = await fs.status(directory, cancel);
  if (status && status.mode !== CLOSED_MODE) await fs.setMode(directory, CLOSED_MODE, cancel);
  const taken = await fs.status(inSnapshot(directory, name), cancel);
  if (taken?.mode !== OPEN_MODE || (await markOf(fs, directory, name, cancel)) !== point) {
    await fs.deleteSnapshot(directory, name, cancel);
    throw new CoevalError(
      "not-equal",
      `${directory}: its snapshot was taken by an earlier request, too late`,
    );
  }
  const changed = await changesSince(fs, holding, name, cancel);
  if (changed.length === 0) return;
  await fs.deleteSnapshot(directory, name, cancel);
  throw new CoevalError("conflict", `${directory} was changed while it was sealed: ${changed[0]}`, {
    evidence: changed,
  });
}

async function markOf(
  fs: FileSystem,
  directory: string,
  snapshot: string,
  cancel: AbortSignal,
): Promise<string | null> {
  return await readMark(fs, inSnapshot(directory, snapshot), POINT_MARK, cancel);
}
