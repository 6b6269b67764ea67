/** What the agent's user may do on the cluster, and what of the granted directories is there. Asks only. */
import { CoevalError } from "@coeval/core/errors";
import { type Inspection, type ScopeState, SNAPSHOTTABLE_SHOWN_MAX } from "@coeval/core/model/cluster";
import { CALLS_AT_ONCE_MAX, CAPTURE_OPEN_FILES_KEY } from "./facts.ts";
import type { FileSystem } from "./file-system.ts";
import { inParallel } from "./parallel.ts";

export async function inspectCluster(
  fs: FileSystem,
  scopes: readonly string[],
  cancel: AbortSignal,
): Promise<Inspection> {
  const [superuser, roots, freezes, state, dataNodes] = await Promise.all([
    fs.superuser(cancel),
    fs.snapshottableRoots(cancel),
    freezesOpenFiles(fs, cancel),
    fs.state(cancel),
    fs.liveDataNodes(cancel),
  ]);
  return {
    user: fs.user,
    superuser,
    snapshottable: roots.toSorted().slice(0, SNAPSHOTTABLE_SHOWN_MAX),
    snapshottableCount: roots.length,
    freezesOpenFiles: freezes,
    usedBytes: state.usedBytes,
    dataNodes,
    scopes: await inParallel(scopes, CALLS_AT_ONCE_MAX, async (path) => ({
      path,
      state: await stateOf(fs, path, cancel),
    })),
  };
}

/** Whether the cluster itself freezes files that are open at a snapshot. */
export async function freezesOpenFiles(fs: FileSystem, cancel: AbortSignal): Promise<boolean> {
  return (await fs.setting(CAPTURE_OPEN_FILES_KEY, cancel))?.trim().toLowerCase() === "true";
}

async function stateOf(fs: FileSystem, path: string, cancel: AbortSignal): Promise<ScopeState> {
  try {
    const status = await fs.status(path, cancel);
    if (!status) return "missing";
    if (status.type !== "directory") return "no-directory";
    await fs.listPage(path, null, cancel);
    return "readable";
  } catch (thrown) {
    if (thrown instanceof CoevalError && thrown.code === "no-right") return "denied";
    throw thrown;
  }
}
