/** Takes the snapshots of all roots at once, and bounds when each was taken by the machine's elapsed time. */
import { CoevalError } from "@coeval/core/errors";
import type { Clock } from "@coeval/core/ports/clock";
import type { Prepared, PreparedRoot, Taken } from "@coeval/core/ports/source";
import { isHdfsError } from "@coeval/hadoop/errors";
import { CALLS_AT_ONCE_MAX } from "./facts.ts";
import type { FileSystem } from "./file-system.ts";
import { inParallel } from "./parallel.ts";
import { inSnapshot, setInSnapshot } from "./snapshot-paths.ts";

/** Requests for one snapshot when answers get lost. */
const ATTEMPTS_MAX = 3;
/** Between two of them. */
const RETRY_MS = 20;
/** Roots that this process remembers to have asked for. */
const SENT_MAX = 10_000;

/** When the first request for each snapshot was sent, in elapsed ms of this process. */
export type SentLog = Map<string, number>;

interface Asked {
  readonly root: PreparedRoot;
  readonly firstSentElapsedMs: number;
  readonly answeredElapsedMs: number;
}

export async function takeSnapshots(
  clock: Clock,
  fs: FileSystem,
  prepared: Prepared,
  sent: SentLog,
  cancel: AbortSignal,
): Promise<Taken[]> {
  // Not bounded by CALLS_AT_ONCE_MAX: every request that waits for another widens the spread.
  const asked = await inParallel(prepared.roots, prepared.roots.length, (root) =>
    ask(clock, fs, root, prepared.snapshotName, sent, cancel),
  );
  return await inParallel(asked, CALLS_AT_ONCE_MAX, (each) => prove(fs, prepared, each, cancel));
}

/** Forgets the requests of snapshots that are released. */
export function forgetSent(sent: SentLog, prepared: Prepared): void {
  for (const { root } of prepared.roots) sent.delete(sentKey(root, prepared.snapshotName));
}

async function ask(
  clock: Clock,
  fs: FileSystem,
  root: PreparedRoot,
  name: string,
  sent: SentLog,
  cancel: AbortSignal,
): Promise<Asked> {
  const key = sentKey(root.root, name);
  const known = sent.get(key);
  const firstSent = known ?? clock.elapsedMs();
  if (known === undefined && sent.size >= SENT_MAX) sent.delete(sent.keys().next().value as string);
  sent.set(key, firstSent);
  for (let attempt = 1; ; attempt++) {
    try {
      const outcome = await fs.createSnapshot(root.root, name, cancel);
      // prepare proved the name free, so an earlier process of ours asked for it: how early, this one cannot know.
      const byEarlier = outcome === "exists" && known === undefined && attempt === 1;
      const firstSentElapsedMs = byEarlier ? Number.NEGATIVE_INFINITY : firstSent;
      return { root, firstSentElapsedMs, answeredElapsedMs: clock.elapsedMs() };
    } catch (thrown) {
      if (!isLostAnswer(thrown) || attempt >= ATTEMPTS_MAX) throw explain(thrown, root, name);
      await clock.sleep(RETRY_MS, cancel);
    }
  }
}

/** The root is the one that was prepared, every data set is in the snapshot, and the cluster's stamp is read. */
async function prove(fs: FileSystem, prepared: Prepared, asked: Asked, cancel: AbortSignal): Promise<Taken> {
  const { root, firstSentElapsedMs, answeredElapsedMs } = asked;
  const snapshot = await fs.status(inSnapshot(root.root, prepared.snapshotName), cancel);
  if (snapshot && snapshot.id !== root.rootId) {
    throw new CoevalError("set-missing", `${root.root} was deleted and made again after it was prepared`);
  }
  await inParallel(root.sets, CALLS_AT_ONCE_MAX, async (set) => {
    const status = await fs.status(setInSnapshot(prepared, root, set), cancel);
    if (status?.type === "directory") return;
    throw new CoevalError(
      "set-missing",
      `data set '${set.name}': ${set.path} was no directory at the moment`,
    );
  });
  return {
    root: root.root,
    snapshotName: prepared.snapshotName,
    firstSentElapsedMs,
    answeredElapsedMs,
    clusterStampMs: snapshot?.mtimeMs ?? null,
  };
}

/** True when the request may have been carried out though no answer came. */
function isLostAnswer(thrown: unknown): boolean {
  if (!(thrown instanceof CoevalError)) return false;
  if (isHdfsError(thrown.cause) && thrown.cause.maybeDone) return true;
  return ["cluster-unreachable", "protocol"].includes(thrown.code);
}

function explain(thrown: unknown, root: PreparedRoot, name: string): unknown {
  if (!(thrown instanceof CoevalError) || thrown.code !== "not-found") return thrown;
  return new CoevalError("set-missing", `${root.root} was gone when its snapshot '${name}' was to be taken`, {
    cause: thrown,
  });
}

function sentKey(root: string, name: string): string {
  return `${root}\n${name}`;
}
