/** The secondary's side of HDFS: staging, the switch by renames, the seal. */
import { joinPath } from "@coeval/core/model/path";
import type { Listed } from "@coeval/core/ports/source";
import type { Holding, SealedPoint, Target } from "@coeval/core/ports/target";
import { readExtended } from "./attributes.ts";
import { discardHolding } from "./discard.ts";
import { hdfsFacts } from "./facts.ts";
import { examineHolding } from "./examine-holding.ts";
import type { FileSystem } from "./file-system.ts";
import { inspectCluster } from "./inspect.ts";
import { leftOf, readJournal, writeJournal } from "./journal.ts";
import { livePath, stagedPath } from "./layout.ts";
import { toListed } from "./listed.ts";
import { openHolding } from "./open-holding.ts";
import { probeCluster } from "./probe.ts";
import { sealedSnapshot, sealedSnapshots, sealPoint } from "./seal.ts";
import { type HdfsWorld, readWhole } from "./source.ts";
import { inSnapshot } from "./snapshot-paths.ts";
import { clearStage, finishStaged, writeStaged } from "./stage.ts";
import { performStep, undoStep } from "./switch.ts";
import { walk } from "./walk.ts";

export function createHdfsTarget(world: HdfsWorld, fs: FileSystem): Target {
  return {
    facts: hdfsFacts,
    probe: (cancel) => probeCluster(fs, cancel),
    inspect: (scopes, cancel) => inspectCluster(fs, scopes, cancel),
    examine: (service, directory, cancel) => examineHolding(fs, service, directory, cancel),
    open: (holding, cancel) => openHolding(world.log, fs, holding, cancel),
    write: (holding, at, entry, content, cancel) => writeStaged(fs, holding, at, entry, content, cancel),
    readStaged: (holding, at, entry, cancel) => readWhole(fs, stagedPath(holding, at), entry, 0, cancel),
    finishStaged: (holding, at, entry, cancel) => finishStaged(fs, holding, at, entry, cancel),
    left: (holding, cancel) => leftOf(fs, holding, cancel),
    writeJournal: (holding, content, cancel) => writeJournal(fs, holding, content, cancel),
    readJournal: (holding, cancel) => readJournal(fs, holding, cancel),
    perform: (holding, step, cancel) => performStep(fs, holding, step, cancel),
    undo: (holding, step, cancel) => undoStep(fs, holding, step, cancel),
    list: (holding, cancel) => listLive(fs, holding, cancel),
    attributes: (holding, entry, cancel) =>
      readExtended(fs, livePath(holding, entry.set, entry.path), entry.hasAcl, cancel),
    clear: (holding, cancel) => clearStage(fs, holding, cancel),
    seal: (holding, seal, cancel) => sealPoint(world.log, fs, holding, seal, cancel),
    sealed: (holding, point, cancel) => openSealed(fs, holding, point, cancel),
    discard: (holding, cancel) => discardHolding(fs, holding, cancel),
    snapshots: (holding, cancel) => sealedSnapshots(fs, holding, cancel),
  };
}

/** A point's snapshot shows the same tree below another path. */
async function openSealed(
  fs: FileSystem,
  holding: Holding,
  point: string,
  cancel: AbortSignal,
): Promise<SealedPoint> {
  const name = await sealedSnapshot(fs, holding, point, cancel);
  const shown: Holding = { ...holding, directory: inSnapshot(holding.directory, name) };
  return {
    list: (signal) => listLive(fs, shown, signal),
    read: (entry, signal) => readWhole(fs, livePath(shown, entry.set, entry.path), entry, 0, signal),
  };
}

async function* listLive(fs: FileSystem, holding: Holding, cancel: AbortSignal): AsyncGenerator<Listed> {
  const sets = [...holding.sets].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name } of sets) {
    const directory = livePath(holding, name, "");
    const top = await fs.status(directory, cancel);
    if (!top) continue;
    yield toListed(name, "", top, directory);
    for await (const { path, status } of walk(fs, directory, cancel)) {
      yield toListed(name, path, status, joinPath(directory, path));
    }
  }
}
