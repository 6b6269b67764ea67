/**
 * The source's plan, made once per run and kept on disk: the snapshot's listing with attributes, merged with the base's manifest.
 * ACLs and xattrs are read where the listing, or the component's own diff, says that they may differ; else the base's stand.
 */
import { CoevalError } from "@coeval/core/errors";
import { compareEntries, type Entry, type Place } from "@coeval/core/model/entry";
import { compileFilters } from "@coeval/core/model/path-filter";
import type { Filters } from "@coeval/core/model/policy";
import type { MovedSummary } from "@coeval/core/model/certificate";
import type { Listed, OpenFiles, Prepared } from "@coeval/core/ports/source";
import type { Base } from "@coeval/core/protect/instruction";
import { type Change, plan } from "@coeval/core/protect/transfer";
import { listSnapshots } from "@coeval/store/agent/snapshots";
import type { StepContext } from "../context.ts";
import { runFile } from "../folders.ts";
import { mapInOrder } from "../pool.ts";
import type { SnapshotNote } from "../snapshot.ts";
import { readBase, readValues, writeValues } from "./files.ts";
import type { Sends } from "./work.ts";

/** Reads of attributes at once. */
const ATTRIBUTES_AT_ONCE = 32;

/** The run's own snapshots, and what of them is left alone. */
export interface OwnSnapshots {
  readonly note: SnapshotNote;
  readonly filters: Filters;
}

/** The plan on disk and what it amounts to; made when it is not there yet. */
export async function makePlan(
  context: StepContext<Sends>,
  { note, filters }: OwnSnapshots,
  counted: (entries: number) => void,
): Promise<MovedSummary> {
  const { world, instruction } = context;
  const { base } = instruction.order;
  const path = runFile(instruction.run, "plan");
  if ((await world.files.size(path)) === null) {
    const entries = listing(context, { note, filters }, base, counted);
    await writeValues(world, path, plan(readBase(world, instruction.service, base), entries));
  }
  return summarise(readValues<Change>(world, path));
}

async function summarise(changes: AsyncIterable<Change>): Promise<MovedSummary> {
  const moved = { changes: 0, files: 0, bytes: 0, deletions: 0 };
  for await (const change of changes) {
    moved.changes++;
    if (change.kind === "delete") moved.deletions++;
    if (change.kind === "put" && change.entry.type === "file") {
      moved.files++;
      moved.bytes += change.entry.length;
    }
  }
  return moved;
}

async function* listing(
  context: StepContext<Sends>,
  { note, filters }: OwnSnapshots,
  base: Base | null,
  counted: (entries: number) => void,
): AsyncGenerator<Entry> {
  const { source, cancel, world, instruction } = context;
  const { prepared } = note;
  const hints = await hintsOf(context, prepared, base);
  const opened = openFilesOf(note.openFiles);
  const pairs = withBase(
    openStated(source.list(prepared, cancel, compileFilters(filters)), prepared, note, opened),
    readBase(world, instruction.service, base),
  );
  let count = 0;
  yield* mapInOrder(pairs, ATTRIBUTES_AT_ONCE, async ([listed, before]) => {
    counted(++count);
    if (before && !hints.mayDiffer(listed) && sameListing(before, listed)) return bare(listed, before);
    return bare(listed, await source.attributes(prepared, listed, cancel));
  });
}

/** The entry of a manifest: what was listed, with these ACLs and xattrs. */
function bare(listed: Listed, extended: Pick<Entry, "acl" | "xattrs">): Entry {
  const { hasAcl: _, ...entry } = listed;
  return {
    ...entry,
    ...(extended.acl?.length ? { acl: extended.acl } : {}),
    ...(extended.xattrs?.length ? { xattrs: extended.xattrs } : {}),
  };
}

function sameListing(before: Entry, listed: Listed): boolean {
  return (
    before.type === listed.type &&
    before.id === listed.id &&
    before.owner === listed.owner &&
    before.group === listed.group &&
    before.mode === listed.mode &&
    (before.acl !== undefined) === listed.hasAcl
  );
}

interface Hints {
  mayDiffer(place: Place): boolean;
}

/** Where attributes may have changed without the listing showing it. Without a diff that is everywhere. */
async function hintsOf(context: StepContext<Sends>, prepared: Prepared, base: Base | null): Promise<Hints> {
  if (!base) return { mayDiffer: () => true };
  const snapshots = await listSnapshots(context.db, context.instruction.service);
  const old = snapshots.find((snapshot) => snapshot.run === base.run && snapshot.state === "base");
  const modified = old ? await context.source.modified(prepared, old.prepared, context.cancel) : null;
  if (modified === null) {
    context.world.log.info("attributes are read in full", { run: context.instruction.run });
    return { mayDiffer: () => true };
  }
  const places = new Set(modified.map(keyOf));
  return { mayDiffer: (place) => places.has(keyOf(place)) };
}

function keyOf(place: Place): string {
  return `${place.set}\u0000${place.path}`;
}

function openFilesOf(openFiles: OpenFiles | null): Map<string, number> {
  if (!openFiles) throw new CoevalError("defect", "the snapshots were not taken");
  return openFiles.kind === "listed"
    ? new Map(openFiles.files.map((file) => [file.id, file.length]))
    : new Map();
}

/**
 * Gives open files their stated length. A file whose modification time lies after the cluster's own stamp on the snapshot was
 * open at it and closed since: it is of no one instant and is marked open as well.
 */
async function* openStated(
  entries: AsyncIterable<Listed>,
  prepared: Prepared,
  note: SnapshotNote,
  opened: ReadonlyMap<string, number>,
): AsyncGenerator<Listed> {
  const stamps = new Map(note.stamps);
  const stampOf = new Map(
    prepared.roots.flatMap((root) =>
      root.sets.map((set) => [set.name, stamps.get(root.root) ?? null] as const),
    ),
  );
  for await (const entry of entries) {
    const stated = entry.type === "file" ? opened.get(entry.id) : undefined;
    const stamp = stampOf.get(entry.set) ?? null;
    const closedSince =
      entry.type === "file" && !prepared.freezesOpenFiles && stamp !== null && entry.mtimeMs > stamp;
    if (stated === undefined && !closedSince) yield entry;
    else yield { ...entry, length: Math.min(stated ?? entry.length, entry.length), open: true };
  }
}

/** Pairs each listed entry with the base's of the same place. */
async function* withBase(
  entries: AsyncIterable<Listed>,
  base: AsyncGenerator<Entry>,
): AsyncGenerator<readonly [Listed, Entry | null]> {
  try {
    let old = await base.next();
    for await (const entry of entries) {
      while (!old.done && compareEntries(old.value, entry) < 0) old = await base.next();
      yield [entry, !old.done && compareEntries(old.value, entry) === 0 ? old.value : null];
    }
  } finally {
    await base.return(undefined);
  }
}
