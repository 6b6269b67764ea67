// A service with two points is deleted: what is on the clusters then is told by plain listings.
import assert from "node:assert/strict";
import type { Point } from "../harness/answers.ts";
import { withLimit } from "../harness/agent-limits.ts";
import { serviceYaml } from "../harness/documents.ts";
import { protectWell } from "../harness/protect.ts";
import { until } from "../harness/wait.ts";
import { logs, type World } from "../harness/world.ts";
import { type Leftovers, leftovers } from "../independent/leftovers.ts";
import { HdfsRefusal } from "../independent/webhdfs.ts";
import { pointHolds } from "./point-holds.ts";
import { type Protected, protectedShop } from "./protected.ts";

const GONE_MS_MAX = 30_000;

export async function keptPoints(world: World, name: string): Promise<void> {
  const story = await twoPoints(world, name);
  const unsaid = await world.cli(["service", "delete", name, "--yes"]);
  assert.notEqual(unsaid.code, 0);
  assert.match(unsaid.stderr, /keep\|delete/, "the refusal names both words");
  assert.equal((await world.cli(["service", "delete", name, "--points", "keep", "--yes"])).code, 0);
  await noSnapshots(world, story);
  const points = await pointsOf(world, name);
  assert.equal(points.length, 2);
  for (const { id } of points) {
    const verified = await world.cli(["point", "verify", id]);
    assert.equal(verified.code, 0, verified.stdout + verified.stderr);
  }
}

export async function deletedWithPoints(world: World, name: string): Promise<void> {
  const story = await twoPoints(world, name);
  const before = await left(world, story);
  const remove = () => world.cli(["service", "delete", name, "--points", "delete", "--yes"]);

  await withLimit(world, "west", "keep: { points: 1 }\n", async () => {
    const refused = await remove();
    assert.notEqual(refused.code, 0);
    assert.match(
      refused.stderr,
      /keeps at least 1 points of each service; limits\.yaml says keep\.points: 1/,
    );
    assert.deepEqual(await left(world, story), before, "nothing was deleted");
    assert.equal((await world.cli(["service", "get", name])).code, 0, "the service is as it was");
  });

  await world.east.process.stop();
  const removed = await remove();
  assert.equal(removed.code, 0, removed.stderr);
  await until(
    "the end of the points",
    GONE_MS_MAX,
    async () => ((await pointsOf(world, name)).length === 0 ? true : null),
    () => logs(world),
  );
  const { west } = world.pair;
  await assert.rejects(
    west.as(west.superuser).call("GET", story.holding, "GETFILESTATUS"),
    (thrown) => thrown instanceof HdfsRefusal && thrown.exception === "FileNotFoundException",
    "the holding directory is gone",
  );
  assert.deepEqual(
    (await left(world, story)).primary,
    before.primary,
    "the primary's snapshots wait for their agent",
  );
  const again = await world.cli(["service", "apply", "-f", yaml(world, story), "--yes"]);
  assert.notEqual(again.code, 0, "its name is not given again before it is all gone");

  await world.east.process.start();
  await world.settled();
  await noSnapshots(world, story);
  const { items } = await world.ask<{ items: { what: string; object: string }[] }>([
    "audit",
    "list",
    "--limit",
    "1000",
  ]);
  const what = items.filter(({ object }) => object === `service/${name}`).map((row) => row.what);
  assert.ok(what.includes("service.delete") && what.includes("service.delete-points"), what.join());

  await world.ask(["service", "apply", "-f", yaml(world, story), "--yes"]);
  const first = await protectWell(world, name);
  assert.equal(first.basePoint, null, "a new service of the name begins anew");
  await pointHolds(world, story, first);
}

async function twoPoints(world: World, name: string): Promise<Protected> {
  const story = await protectedShop(world, { name, files: 30 });
  await protectWell(world, name);
  await pointHolds(world, story, await protectWell(world, name));
  return story;
}

function yaml(world: World, { service: name, dataSets, holding: target }: Protected): string {
  return world.file(`${name}.yaml`, serviceYaml({ name, dataSets, target }));
}

function left(world: World, story: Protected): Promise<Leftovers> {
  const { east, west } = world.pair;
  return leftovers(east.as(east.superuser), story.dataSets, west.as(west.superuser), story.holding);
}

async function pointsOf(world: World, service: string): Promise<readonly Point[]> {
  return (await world.ask<{ items: Point[] }>(["point", "list", service])).items;
}

async function noSnapshots(world: World, story: Protected): Promise<void> {
  await until(
    "the end of the primary's snapshots",
    GONE_MS_MAX,
    async () => (Object.values((await left(world, story)).primary).flat().length === 0 ? true : null),
    () => logs(world),
  );
}
