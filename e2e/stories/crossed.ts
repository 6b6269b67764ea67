// Two clusters, each the primary of one service and the secondary of another, at the same time: both services' points equal
// their primaries, and each cluster is told as what it is.
import assert from "node:assert/strict";
import type { Status } from "../harness/answers.ts";
import { ask, finished, explain } from "../harness/protect.ts";
import type { World } from "../harness/world.ts";
import { populate } from "../workload/population.ts";
import { pointHolds } from "./point-holds.ts";
import { placeOf, type Protected } from "./protected.ts";

const FILES = 45;
const POINTS = 2;
const AHEAD = "+6s";

export async function crossed(world: World): Promise<void> {
  const there = placeOf("crossed-there");
  const back = placeOf("crossed-back");
  const mirrored = mirror(world);
  await prepare(world, there, { primary: "east", secondary: "west" });
  await prepare(mirrored, back, { primary: "west", secondary: "east" });
  for (let point = 0; point < POINTS; point++) {
    // Both at once: each agent is source of one run and target of the other.
    const runs = await Promise.all([ask(world, there.service, AHEAD), ask(world, back.service, AHEAD)]);
    const [one, other] = await Promise.all(runs.map(({ id }) => finished(world, id)));
    assert.ok(one && other);
    assert.deepEqual([one.phase, other.phase], ["done", "done"], `${explain(one)}; ${explain(other)}`);
    await pointHolds(world, there, one);
    await pointHolds(mirrored, back, other);
  }
  const { clusters } = await world.ask<Status>(["status"]);
  assert.deepEqual(
    clusters.filter(({ name }) => ["east", "west"].includes(name)).map(({ status }) => status.role),
    ["mixed", "mixed"],
  );
}

async function prepare(
  world: World,
  story: Protected,
  between: { readonly primary: string; readonly secondary: string },
): Promise<void> {
  const { east } = world.pair;
  await populate(east.as(east.superuser), east.as, story.shop, { files: FILES, seed: 5 });
  const { service: name, dataSets, holding: target } = story;
  await world.applyService({ name, dataSets, target, ...between });
}

/** The same world with its clusters' places taken: `east` is where this service's data stand. */
function mirror(world: World): World {
  const { east, west } = world.pair;
  return { ...world, east: world.west, west: world.east, pair: { ...world.pair, east: west, west: east } };
}
