/** The primary's side of HDFS: snapshots at the moment, their listing, their bytes. */
import { CoevalError } from "@coeval/core/errors";
import { joinPath } from "@coeval/core/model/path";
import { EVERYTHING, type PathFilter } from "@coeval/core/model/path-filter";
import type { Clock } from "@coeval/core/ports/clock";
import type { Log } from "@coeval/core/ports/log";
import type { Listed, Prepared, Source } from "@coeval/core/ports/source";
import { readExtended } from "./attributes.ts";
import { examineSets } from "./examine.ts";
import { hdfsFacts } from "./facts.ts";
import type { FileSystem } from "./file-system.ts";
import { inspectCluster } from "./inspect.ts";
import { toListed } from "./listed.ts";
import { matchingDirectories } from "./matching.ts";
import { measureSets } from "./measure.ts";
import { modifiedPlaces } from "./modified.ts";
import { listOpenFiles } from "./open-files.ts";
import { prepareSnapshots } from "./prepare.ts";
import { probeCluster } from "./probe.ts";
import { releaseSnapshots } from "./release.ts";
import { preparedSet, setInSnapshot, setsByName } from "./snapshot-paths.ts";
import { forgetSent, type SentLog, takeSnapshots } from "./take-snapshots.ts";
import { rootsOf } from "./roots.ts";
import { walk } from "./walk.ts";

export interface HdfsWorld {
  readonly clock: Clock;
  readonly log: Log;
}

export function createHdfsSource(world: HdfsWorld, fs: FileSystem): Source {
  const sent: SentLog = new Map();
  return {
    facts: hdfsFacts,
    probe: (cancel) => probeCluster(fs, cancel),
    inspect: (scopes, cancel) => inspectCluster(fs, scopes, cancel),
    examine: (sets, cancel) => examineSets(fs, sets, cancel),
    matching: (pattern, at, cancel) => matchingDirectories(fs, pattern, at, cancel),
    measure: (sets, cancel, filter) => measureSets(fs, sets, cancel, filter),
    prepare: (request, cancel) => prepareSnapshots(fs, request, cancel),
    snapshot: (prepared, cancel) => takeSnapshots(world.clock, fs, prepared, sent, cancel),
    openFiles: (prepared, cancel) => listOpenFiles(fs, prepared, cancel),
    list: (prepared, cancel, filter) => listSnapshots(fs, prepared, cancel, filter),
    attributes: (prepared, entry, cancel) => readExtended(fs, pathOf(prepared, entry), entry.hasAcl, cancel),
    modified: (prepared, base, cancel) => modifiedPlaces(world.log, fs, prepared, base, cancel),
    read: (prepared, entry, offset, cancel) => readWhole(fs, pathOf(prepared, entry), entry, offset, cancel),
    async release(prepared, keep, cancel) {
      await releaseSnapshots(fs, prepared, keep, cancel);
      forgetSent(sent, prepared);
    },
    roots: (sets, cancel) => rootsOf(fs, sets, cancel),
    async snapshots(root, prefix, cancel) {
      const status = await fs.status(root, cancel);
      const all = status?.snapshottable ? await fs.snapshots(root, cancel) : [];
      return all.map(({ name }) => name).filter((name) => name.startsWith(prefix));
    },
  };
}

/** The bytes of a file from `offset` to the entry's length. */
export async function* readWhole(
  fs: FileSystem,
  path: string,
  entry: { readonly length: number },
  offset: number,
  cancel: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const length = entry.length - offset;
  if (length > 0) yield* fs.open(path, offset, length, cancel);
}

async function* listSnapshots(
  fs: FileSystem,
  prepared: Prepared,
  cancel: AbortSignal,
  filter: PathFilter = EVERYTHING,
): AsyncGenerator<Listed> {
  for (const [root, set] of setsByName(prepared)) {
    const directory = setInSnapshot(prepared, root, set);
    const top = await fs.status(directory, cancel);
    if (!top) {
      throw new CoevalError(
        "set-missing",
        `data set '${set.name}': ${directory} is gone, or was never in the snapshot`,
      );
    }
    yield toListed(set.name, "", top, set.path);
    for await (const { path, status } of walk(fs, directory, cancel, filter)) {
      yield toListed(set.name, path, status, joinPath(set.path, path));
    }
  }
}

function pathOf(prepared: Prepared, entry: Listed): string {
  const [root, set] = preparedSet(prepared, entry.set);
  return joinPath(setInSnapshot(prepared, root, set), entry.path);
}
