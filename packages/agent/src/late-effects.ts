/**
 * Late effects: what an agent asked of its cluster before it died, or before it gave up waiting, may reach the NameNode long after. Renames
 * find nothing to rename then; attributes and times find the live tree, of a later point by now. So a switch that was interrupted leaves
 * behind what it may have asked for, and the next opening puts right what differs in exactly that. Any other difference is somebody else's.
 */
import type { Entry, Place } from "@coeval/core/model/entry";
import type { Listed } from "@coeval/core/ports/source";
import type { Holding, SwitchStep } from "@coeval/core/ports/target";
import { switchSteps } from "@coeval/core/protect/apply";
import type { Base } from "@coeval/core/protect/instruction";
import type { Change } from "@coeval/core/protect/transfer";
import type { Context } from "./context.ts";
import { doubtFile, doubtFolder, runFile } from "./folders.ts";
import { readBase, readValues, writeValues } from "./transfer/files.ts";

/** No request is on its way for longer: TCP sends again for a quarter of an hour at most (tcp_retries2), and a NameNode's queue is shorter. */
const DOUBT_MS = 3_600_000;
/** Places held in memory; what is beyond is found as a conflict. */
const PLACES_MAX = 100_000;

/** What a run may have asked for of one live entry. */
interface Asked {
  readonly entry: Entry;
  readonly before: Entry | null;
}

/** Writes down what the run's switch may have asked for: it was interrupted, or an answer was lost. Repeating adds to it. */
export async function noteDoubts({ world, instruction }: Context): Promise<void> {
  const { service, run } = instruction;
  if ((await world.files.size(runFile(run, "changes"))) === null) return;
  const path = doubtFile(service, Math.floor(world.clock.nowMs()), run);
  await writeValues(world, path, askedBy(readValues<Change>(world, runFile(run, "changes"))));
}

/** Makes the live tree as the base has it, where it differs in nothing but what an interrupted switch asked for. */
export async function mendLateEffects(context: Context, holding: Holding, base: Base | null): Promise<void> {
  const { world, instruction, target, cancel } = context;
  const asked = await readDoubts(context);
  if (asked.size === 0 || !base) return;
  const wanted = new Map<string, Entry>();
  for await (const entry of readBase(world, instruction.service, base))
    if (asked.has(keyOf(entry))) wanted.set(keyOf(entry), entry);
  for await (const listed of target.list(holding, cancel)) {
    const entry = wanted.get(keyOf(listed));
    if (entry?.type !== listed.type) continue;
    const live = liveEntry(listed, await target.attributes(holding, { ...listed, hasAcl: true }, cancel));
    if (!isLate(entry, live, asked.get(keyOf(entry)) ?? [])) continue;
    world.log.warn("late effect taken back", {
      service: instruction.service,
      set: entry.set,
      path: entry.path,
    });
    const step: SwitchStep = { kind: "attributes", number: 0, entry, before: live };
    await target.perform(holding, step, cancel);
  }
}

/** What is still in doubt, by place. What is too old goes. */
async function readDoubts({ world, instruction }: Context): Promise<Map<string, Entry[]>> {
  const { service } = instruction;
  const found = new Map<string, Entry[]>();
  for (const name of await world.files.list(doubtFolder(service))) {
    const path = `${doubtFolder(service)}/${name}`;
    if (Math.abs(world.clock.nowMs() - Number.parseInt(name, 10)) > DOUBT_MS) {
      await world.files.remove(path);
      continue;
    }
    for await (const { entry, before } of readValues<Asked>(world, path)) {
      if (found.size >= PLACES_MAX && !found.has(keyOf(entry))) continue;
      const known = found.get(keyOf(entry)) ?? [];
      found.set(keyOf(entry), [...known, entry, ...(before ? [before] : [])]);
    }
  }
  return found;
}

async function* askedBy(changes: AsyncIterable<Change>): AsyncGenerator<Asked> {
  for await (const change of changes)
    for (const step of switchSteps(change))
      if (step.kind === "attributes" || step.kind === "times")
        yield { entry: step.entry, before: step.before };
}

/** It differs from the base, and in nothing that was not asked for. */
function isLate(base: Entry, live: Entry, asked: readonly Entry[]): boolean {
  const [wanted, found] = [factsOf(base), factsOf(live)];
  const late = asked.map(factsOf);
  const names = [...new Set([...wanted.keys(), ...found.keys()])];
  const different = names.filter((name) => found.get(name) !== wanted.get(name));
  return (
    different.length > 0 &&
    different.every((name) => late.some((facts) => facts.get(name) === found.get(name)))
  );
}

/** Each attribute that one request sets, by name: of a step, some may have come late and others not. */
function factsOf(entry: Entry): Map<string, string> {
  const { path, owner, group, mode, replication, mtimeMs, length, acl = [], xattrs = [] } = entry;
  return new Map([
    ["owner", `${owner}:${group}`],
    ["mode", String(mode)],
    ["replication", String(replication)],
    // A snapshot of the source may have moved its root's.
    ["mtime", path === "" ? "" : String(mtimeMs)],
    ["length", String(length)],
    ["acl", acl.join()],
    ...xattrs.map(([name, hex]) => [`xattr ${name}`, hex] as const),
  ]);
}

function liveEntry({ hasAcl: _, ...entry }: Listed, extended: Pick<Entry, "acl" | "xattrs">): Entry {
  return { ...entry, ...extended };
}

function keyOf({ set, path }: Place): string {
  return `${set}\u0000${path}`;
}
