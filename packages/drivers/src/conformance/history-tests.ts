/** Random histories: each moment is replicated from the one before and compared in full. */
import type { Entry } from "@coeval/core/model/entry";
import { createChance } from "./chance.ts";
import { assert, assertEqual, type Ground, type Scenario } from "./harness.ts";
import { editAtRandom, type Model } from "./history.ts";
import { holdingFor, perform, renamesFirst, sealOf, stage, undo } from "./replicate.ts";
import { assertCopied, liveEntries, makeSet, take } from "./trees.ts";

export interface Histories {
  readonly firstSeed: number;
  readonly count: number;
  /** Moments in each, and edits between two of them. */
  readonly moments: number;
  readonly edits: number;
}

export function historyTests(scenario: Scenario, histories: Histories): void {
  for (let seed = histories.firstSeed; seed < histories.firstSeed + histories.count; seed++) {
    scenario(`random history ${seed}`, (ground) => replay(ground, seed, histories));
  }
}

async function replay(ground: Ground, seed: number, { moments, edits }: Histories): Promise<void> {
  const { source, target } = ground.cluster;
  const chance = createChance(seed);
  const set = await makeSet(ground, "data");
  const model: Model = new Map([[set.path, "directory"]]);
  let base: { readonly point: string; readonly entries: readonly Entry[] } | null = null;
  let older = null;
  for (let moment = 1; moment <= moments; moment++) {
    for (let i = 0; i < edits; i++) await editAtRandom(ground, model, chance);
    const prepared = await take(ground, [set], `coeval-${moment}`);
    const point = `p${moment}`;
    const holding = holdingFor(ground, [set], `run-${moment}`, base?.point ?? null);
    await target.open(holding, ground.cancel);
    const before = (await liveEntries(ground, holding)).map(withoutAccess);
    const staged = await stage(ground, holding, prepared, base?.entries ?? []);
    const { entries } = staged;
    const steps = renamesFirst(staged.steps);
    const done = chance.below(steps.length + 1);
    await perform(ground, holding, steps.slice(0, done));
    await undo(ground, holding, steps);
    assertEqual(
      (await liveEntries(ground, holding)).map(withoutAccess),
      before,
      `seed ${seed}, moment ${moment}: after ${done} steps and back`,
    );
    await perform(ground, holding, steps);
    await perform(ground, holding, steps.slice(-1));
    await assertCopied(ground, prepared, holding);
    await target.seal(holding, sealOf(ground, holding, entries, point), ground.cancel);
    if (older) await source.release(older, prepared, ground.cancel);
    older = prepared;
    base = { point, entries };
  }
  assert(base?.entries.length, "something was replicated");
}

/** The test itself reads the live files, which moves their access times; taking back sets them as the point had them. */
function withoutAccess(entry: Entry): Entry {
  return { ...entry, atimeMs: 0 };
}
