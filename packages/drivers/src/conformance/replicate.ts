/** Replicates snapshots as an agent does, in the smallest form: plan, stage, switch, seal. */
import type { Entry } from "@coeval/core/model/entry";
import { joinPath } from "@coeval/core/model/path";
import type { Prepared } from "@coeval/core/ports/source";
import type { Holding, SealRequest, SwitchStep } from "@coeval/core/ports/target";
import { switchSteps } from "@coeval/core/protect/apply";
import { type Change, plan } from "@coeval/core/protect/transfer";
import { compare } from "@coeval/core/protect/verify";
import { assertEqual, type Ground } from "./harness.ts";
import { assertCopied, each, entriesOf, liveEntries } from "./trees.ts";

export function holdingFor(
  ground: Ground,
  sets: readonly { readonly name: string }[],
  run: string,
  basePoint: string | null,
): Holding {
  const places = sets.map(({ name }) => ({ name, relative: `copies/${name}` }));
  return { service: "orders", directory: `${ground.folder}/holding`, run, sets: places, basePoint };
}

/** Stages everything that differs and gives the switch's steps. */
export async function stage(
  ground: Ground,
  holding: Holding,
  prepared: Prepared,
  base: readonly Entry[],
): Promise<{ readonly entries: Entry[]; readonly steps: SwitchStep[] }> {
  const entries = await entriesOf(ground, prepared);
  const steps: SwitchStep[] = [];
  for await (const change of plan(each(base), each(entries))) {
    await stageOne(ground, holding, prepared, change);
    steps.push(...switchSteps(change));
  }
  return { entries, steps };
}

/** Renames first, then attributes and times. */
export async function perform(ground: Ground, holding: Holding, steps: readonly SwitchStep[]): Promise<void> {
  const { target } = ground.cluster;
  for (const step of renamesFirst(steps)) await target.perform(holding, step, ground.cancel);
}

/** The renames from the last to the first, then attributes and times. */
export async function undo(ground: Ground, holding: Holding, steps: readonly SwitchStep[]): Promise<void> {
  const { target } = ground.cluster;
  for (const step of renamesFirst(steps.toReversed())) await target.undo(holding, step, ground.cancel);
}

/** The order in which a switch is performed. */
export function renamesFirst(steps: readonly SwitchStep[]): readonly SwitchStep[] {
  const isRename = (step: SwitchStep) => step.kind === "remove" || step.kind === "place";
  return [...steps.filter(isRename), ...steps.filter((step) => !isRename(step))];
}

/** The point of what the live tree must hold now. */
export function sealOf(
  ground: Ground,
  holding: Holding,
  entries: readonly Entry[],
  point: string,
): SealRequest {
  return {
    point,
    previous: holding.basePoint,
    async unlike() {
      const found = await compare(each(entries), each(await liveEntries(ground, holding)));
      return found.map(({ set, path }) => joinPath(`copies/${set}`, path));
    },
  };
}

/** One whole run that nothing disturbs; resolves with the point's entries. */
export async function replicate(
  ground: Ground,
  prepared: Prepared,
  base: { readonly point: string; readonly entries: readonly Entry[] } | null,
  point: string,
): Promise<Entry[]> {
  const { target } = ground.cluster;
  const sets = prepared.roots.flatMap((root) => root.sets);
  const holding = holdingFor(ground, sets, `run-${point}`, base?.point ?? null);
  await target.open(holding, ground.cancel);
  const { entries, steps } = await stage(ground, holding, prepared, base?.entries ?? []);
  await perform(ground, holding, steps);
  await assertCopied(ground, prepared, holding);
  await target.seal(holding, sealOf(ground, holding, entries, point), ground.cancel);
  return entries;
}

async function stageOne(ground: Ground, holding: Holding, prepared: Prepared, change: Change): Promise<void> {
  const { source, target } = ground.cluster;
  const { cancel } = ground;
  if (change.kind === "put") {
    const { entry, at } = change;
    if (entry.type === "file") {
      const content = source.read(prepared, { ...entry, hasAcl: false }, 0, cancel);
      assertEqual(
        await target.write(holding, at, entry, content, cancel),
        entry.length,
        `bytes of ${entry.path}`,
      );
    }
    await target.finishStaged(holding, at, entry, cancel);
  }
  if (change.kind === "times" && change.at)
    await target.finishStaged(holding, change.at, change.entry, cancel);
}
