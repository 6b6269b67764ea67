// The same data, unchanged, by a push service and then by a pull service, into two holding directories: both points equal
// the primary's snapshots, and each other. Then the direction of the second service is edited, twice, and each next point
// goes on from its base. A data set belongs to one service at a time, so the first service is deleted, its points kept.
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
  /** Changes before each further point. */
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
  await pointOf(world, pushed, "push");
  const deleted = await world.cli(["service", "delete", pushed.service, "--points", "keep", "--yes"]);
  assert.equal(deleted.code, 0, deleted.stderr);

  const pulled: Protected = { ...pushed, service: `${options.name}-pull`, holding: `${pushed.holding}-pull` };
  await direct(world, pulled, "pull");
  let last = await pointOf(world, pulled, "pull");
  await sameTrees(world, pushed, pulled);

  for (const direction of ["push", "pull"] as const) {
    await change(world, pulled, options);
    await direct(world, pulled, direction);
    const next = await pointOf(world, pulled, direction);
    assert.equal(next.basePoint, last.point, "it goes on from the base");
    assert.ok(next.moved !== null && next.total !== null);
    assert.ok(next.moved.changes > 0 && next.moved.bytes < next.total.bytes, "only what changed is moved");
    last = next;
  }
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

/** What earlier mutators made goes, and others make their own. */
async function change(world: World, { shop }: Protected, { seed, changes }: BothWaysOptions): Promise<void> {
  const { east } = world.pair;
  const hdfs = east.as(east.superuser);
  for (const { path } of shop.directories)
    await hdfs.call("DELETE", `${path}/moving`, "DELETE", { recursive: "true" });
  const mutators = await startMutators({ shop, as: east.as, seed });
  try {
    await until(`${changes} changes`, MUTATED_MS_MAX, async () => (mutators.done >= changes ? true : null));
  } finally {
    await mutators.stop();
  }
}
