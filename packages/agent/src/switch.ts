/**
 * The switch: the staged changes become the live tree by renames, each with its inverse. First all renames, then attributes and
 * times, which renames would spoil. Every step may be repeated, so a crash needs no more than the direction on disk.
 */
import { EVIDENCE_MAX } from "@coeval/core/errors";
import { type Entry, type Place, sameAttributes } from "@coeval/core/model/entry";
import { joinPath } from "@coeval/core/model/path";
import type { Holding, SwitchStep } from "@coeval/core/ports/target";
import { switchSteps } from "@coeval/core/protect/apply";
import type { Change } from "@coeval/core/protect/transfer";
import { compare, type Mismatch } from "@coeval/core/protect/verify";
import type { Context } from "./context.ts";
import { pointFile, runFile } from "./folders.ts";
import { inParallel } from "./pool.ts";
import { readValues } from "./transfer/files.ts";

/** Steps at once. */
const STEPS_AT_ONCE = 16;

/** Performs all steps. */
export async function switchForward(context: Context, holding: Holding): Promise<void> {
  const perform = (step: SwitchStep) => context.target.perform(holding, step, context.cancel);
  // What goes makes room first: a data set may have taken over the place of one that had another name.
  await pass(context, isRemove, perform);
  await pass(context, isPlace, perform);
  await pass(context, isAttribute, perform);
}

/** Takes all steps back, performed or not. */
export async function switchBack(context: Context, holding: Holding): Promise<void> {
  const undo = (step: SwitchStep) => context.target.undo(holding, step, context.cancel);
  await pass(context, isPlace, undo, "back");
  await pass(context, isRemove, undo, "back");
  await pass(context, isAttribute, undo);
}

/** Compares the live tree with the new manifest: names, types, lengths, times, owners, modes, replication. */
export function compareLive(context: Context, holding: Holding): Promise<Mismatch[]> {
  const { service, run } = context.instruction;
  const expected = readValues<Entry>(context.world, pointFile(service, run, "manifest"));
  const live = { ...holding, sets: onePerPlace(holding.sets) };
  return compare(plain(expected), plain(context.target.list(live, context.cancel)));
}

/** A set that has left the service is looked for only where no other has taken its place under another name. */
function onePerPlace(sets: Holding["sets"]): Holding["sets"] {
  return sets.filter(({ relative }, at) => sets.findIndex((other) => other.relative === relative) === at);
}

/**
 * Places where the live tree is not as the new manifest has it, ACLs and xattrs included, relative to the holding directory. It costs a call
 * or two for each entry: for when somebody else may have written.
 */
export async function unlikeManifest(
  context: Context,
  holding: Holding,
  cancel: AbortSignal,
): Promise<string[]> {
  const places = new Map(holding.sets.map(({ name, relative }) => [name, relative]));
  const pathOf = ({ set, path }: Place) => joinPath(places.get(set) ?? set, path);
  const mismatches = await compareLive(context, holding);
  if (mismatches.length > 0) return mismatches.map(pathOf);
  const { service, run } = context.instruction;
  const found: string[] = [];
  const entries = readValues<Entry>(context.world, pointFile(service, run, "manifest"));
  await inParallel(entries, STEPS_AT_ONCE, async (entry) => {
    const asked = { ...entry, hasAcl: true };
    const { acl = [], xattrs = [] } = await context.target.attributes(holding, asked, cancel);
    if (!sameAttributes(entry, { ...entry, acl, xattrs })) found.push(pathOf(entry));
  });
  return found.slice(0, EVIDENCE_MAX);
}

/** ACLs and xattrs were read back one by one where they were set; the listing shows only that there is an ACL. */
export async function* plain(entries: AsyncIterable<Entry>): AsyncGenerator<Entry> {
  for await (const { acl: _acl, xattrs: _xattrs, ...entry } of entries) yield entry;
}

/** All steps of one kind; those of one change stay in order, the reverse one when going back. */
async function pass(
  context: Context,
  wanted: (step: SwitchStep) => boolean,
  work: (step: SwitchStep) => Promise<void>,
  direction: "forward" | "back" = "forward",
): Promise<void> {
  const changes = readValues<Change>(context.world, runFile(context.instruction.run, "changes"));
  await inParallel(groups(changes, wanted), STEPS_AT_ONCE, async (steps) => {
    for (const step of direction === "forward" ? steps : steps.toReversed()) await work(step);
  });
}

async function* groups(
  changes: AsyncIterable<Change>,
  wanted: (step: SwitchStep) => boolean,
): AsyncGenerator<readonly SwitchStep[]> {
  for await (const change of changes) {
    const steps = switchSteps(change).filter(wanted);
    if (steps.length > 0) yield steps;
  }
}

function isRemove({ kind }: SwitchStep): boolean {
  return kind === "remove";
}

function isPlace({ kind }: SwitchStep): boolean {
  return kind === "place";
}

function isAttribute(step: SwitchStep): boolean {
  return !isRemove(step) && !isPlace(step);
}
