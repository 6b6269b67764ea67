/** Staging: content written, read back, given its attributes, and cleared. Never touches the live tree. */
import { CoevalError, type ErrorCode } from "@coeval/core/errors";
import type { Entry } from "@coeval/core/model/entry";
import type { Holding, Staged } from "@coeval/core/ports/target";
import { applyAttributes, type Attributes, proveAttributes } from "./attributes.ts";
import type { FileSystem } from "./file-system.ts";
import { CLOSED_MODE, runStagePath, stagedPath, stagePath } from "./layout.ts";

const PERHAPS_FULL: readonly ErrorCode[] = ["secondary-full", "cluster-unreachable"];

/** @throws CoevalError `secondary-full`, `quota-exceeded`. */
export async function writeStaged(
  fs: FileSystem,
  holding: Holding,
  at: Staged,
  entry: Entry,
  content: AsyncIterable<Uint8Array>,
  cancel: AbortSignal,
): Promise<number> {
  const { mode, replication, blockSize } = entry;
  const path = stagedPath(holding, at);
  try {
    return await fs.create(path, { mode, replication, blockSize }, content, cancel);
  } catch (thrown) {
    throw await withFigures(fs, thrown, entry, cancel);
  }
}

export async function finishStaged(
  fs: FileSystem,
  holding: Holding,
  at: Staged,
  entry: Entry,
  cancel: AbortSignal,
): Promise<void> {
  const path = stagedPath(holding, at);
  if (entry.type === "file" && (await finishedAsMade(fs, path, entry, cancel))) return;
  let status = await fs.status(path, cancel);
  if (!status && entry.type === "directory") {
    await fs.makeDirectory(path, CLOSED_MODE, cancel);
    status = await fs.status(path, cancel);
  }
  if (!status)
    throw new CoevalError("not-equal", `${entry.set}:${entry.path}: nothing was staged`, {
      evidence: [path],
    });
  await applyAttributes(fs, path, entry, status, "staged", cancel);
  await proveAttributes(fs, path, entry, "staged", cancel);
}

/**
 * A file as this run has made it wants its owner and its times, and the proof: so nothing is asked before. One that has
 * anything else, by its directory's default ACL or by an earlier attempt, is not equal then, and is looked at first.
 */
async function finishedAsMade(
  fs: FileSystem,
  path: string,
  entry: Entry,
  cancel: AbortSignal,
): Promise<boolean> {
  try {
    await applyAttributes(fs, path, entry, asMade(entry), "staged", cancel);
    await proveAttributes(fs, path, entry, "staged", cancel);
    return true;
  } catch (thrown) {
    if (thrown instanceof CoevalError && LOOKED_AT.includes(thrown.code)) return false;
    throw thrown;
  }
}

/** Made with the entry's mode and replication, now, by the agent's user. */
function asMade({ mode, replication }: Entry): Attributes {
  return { owner: "", group: "", mode, replication, hasAcl: false, mtimeMs: NEVER_MS, atimeMs: NEVER_MS };
}

/** Not as made, not there, or owned already by whom the agent's user may not give it to. */
const LOOKED_AT: readonly ErrorCode[] = ["not-equal", "not-found", "no-right"];
/** No time of any file, so that times are set. */
const NEVER_MS = -1;

/** The stage itself goes too when no other run uses it, and only then: should the request land late, another run's staging is spared. */
export async function clearStage(fs: FileSystem, holding: Holding, cancel: AbortSignal): Promise<void> {
  await fs.remove(runStagePath(holding), cancel);
  await fs.removeEmpty(stagePath(holding), cancel);
}

/**
 * A cluster without room refuses in many words; the figures tell the operator how much to free. A DataNode without room only
 * ends the connection.
 */
async function withFigures(
  fs: FileSystem,
  thrown: unknown,
  entry: Entry,
  cancel: AbortSignal,
): Promise<unknown> {
  if (!(thrown instanceof CoevalError) || !PERHAPS_FULL.includes(thrown.code) || cancel.aborted)
    return thrown;
  const { remainingBytes, capacityBytes } = await fs.state(cancel);
  const full = thrown.code === "secondary-full" || (remainingBytes !== null && remainingBytes < entry.length);
  if (!full) return thrown;
  const figures = `${entry.length} bytes to write, ${remainingBytes} of ${capacityBytes} bytes left`;
  return new CoevalError("secondary-full", `${entry.set}:${entry.path}: ${figures} (${thrown.message})`, {
    cause: thrown,
  });
}
