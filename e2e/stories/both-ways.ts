// The same data by a push service and by a pull service, into two holding directories: both points equal the primary's
// snapshots, and each other. Then each service is edited to the other direction, and its next point goes on from its base.
import assert from "node:assert/strict";
import type { Run } from "../harness/answers.ts";
import { protectWell } from "../harness/protect.ts";
import { until } from "../harness/wait.ts";
import type { World } from "../harness/world.ts";
import { equal, inWords } from "../independent/equal.ts";
import { sealedPath } from "../independent/point.ts";
import { walk } from "../independent/walk.ts";
import { startMutators } from "../workload/mutators.ts";
import { pointHolds } from "./point-holds.ts";
import { type Protected, protectedShop } from "./protected.ts";

export interface BothWaysOptions {
  readonly name: string;
  readonly files: number;
  readonly seed: number;
  /** Changes between the first and the second points. */
  readonly changes: number;
}

type Direction = "push" | "pull";

const STEPS = {
  push: ["receive-snapshots", "send-snapshots"],
  pull: ["replicate-snapshots", "serve-snapshots"],
} as const;
const MUTATED_MS_MAX = 60_000;

export async function bothWays(world: World, options: BothWaysOptions): Promise<void> {
  const pushed = await protectedShop(world, options);
  const pulled: Protected = { ...pushed, service: `${options.name}-pull`, holding: `${pushed.holding}-pull` };
  await direct(world, pulled, "pull");
  const first = await pointOf(world, pushed, "push");
  await pointOf(world, pulled, "pull");
  await sameTrees(world, pushed, pulled);

  await change(world, pushed, options);
  await direct(world, pushed, "pull");
  await direct(world, pulled, "push");
  const next = await pointOf(world, pushed, "pull");
  assert.equal(next.basePoint, first.point, "it goes on from the base");
  assert.ok(next.moved !== null && next.total !== null);
  assert.ok(next.moved.changes > 0 && next.moved.bytes < next.total.bytes, "only what changed is moved");
  await pointOf(world, pulled, "push");
  await sameTrees(world, pushed, pulled);
}

/** Applies the service in this direction: new, or edited. */
function direct(world: World, story: Protected, direction: Direction): Promise<void> {
  const { service: name, dataSets, holding: target } = story;
  return world.applyService({ name, dataSets, target, direction });
}

/** A point that was transferred in this direction, proven by the witness. */
async function pointOf(world: World, story: Protected, direction: Direction): Promise<Run> {
  const run = await protectWell(world, story.service);
  await pointHolds(world, story, run);
  const { items } = await world.ask<{ items: { what: string; object: string }[] }>([
    "audit",
    "list",
    "--limit",
    "1000",
  ]);
  const given = items
    .filter(({ what, object }) => what === "instruction.give" && object.startsWith(`instruction/${run.id}/`))
    .map(({ object }) => object.split("/")[2] ?? "")
    .filter((step) => step.endsWith("-snapshots") && step !== "take-snapshots");
  assert.deepEqual(given.sort(), STEPS[direction], `${run.id} was instructed as a ${direction}`);
  return run;
}

/** What readers see of both points is equal, entry by entry, bytes included. */
async function sameTrees(world: World, one: Protected, other: Protected): Promise<void> {
  const { west } = world.pair;
  const hdfs = west.as(west.superuser);
  for (const dataSet of one.dataSets) {
    const found = await equal(walk(hdfs, sealedPath(one, dataSet)), walk(hdfs, sealedPath(other, dataSet)));
    assert.equal(inWords(found.differences), "", `${dataSet} by push and by pull`);
    assert.ok(found.entries > 1);
  }
}

async function change(world: World, story: Protected, { seed, changes }: BothWaysOptions): Promise<void> {
  const mutators = await startMutators({ shop: story.shop, as: world.pair.east.as, seed });
  try {
    await until(`${changes} changes`, MUTATED_MS_MAX, async () => (mutators.done >= changes ? true : null));
  } finally {
    await mutators.stop();
  }
}
