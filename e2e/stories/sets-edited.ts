// A service's data sets are edited between points: what an edit costs is told by the bytes that move.
import assert from "node:assert/strict";
import type { Point, Run } from "../harness/answers.ts";
import { type ServiceWords, serviceYaml } from "../harness/documents.ts";
import { protectWell } from "../harness/protect.ts";
import type { World } from "../harness/world.ts";
import { walk } from "../independent/walk.ts";
import { PLAIN_BYTES, PLAIN_FILES, plainFiles } from "../workload/plain-files.ts";
import { pointHolds } from "./point-holds.ts";
import { type Protected, placeOf } from "./protected.ts";

export async function setsEdited(world: World, name: string): Promise<void> {
  const { east, west } = world.pair;
  const place = placeOf(name);
  const path = (set: string): string => `${place.source}/${set}`;
  for (const set of ["orders", "items", "returns"])
    await plainFiles(east.as(east.superuser), path(set), true);

  const take = async (words: Partial<ServiceWords>, ...sets: string[]): Promise<Run> => {
    const story: Protected = { ...place, dataSets: sets.map(path) };
    const { dataSets, holding: target, source } = story;
    await world.applyService({ name, dataSets, target, source, ...words });
    const run = await protectWell(world, name);
    await pointHolds(world, story, run);
    return run;
  };
  const first = await take({}, "orders", "items");
  assert.equal(first.moved?.bytes, 2 * PLAIN_BYTES);

  const added = await take({}, "orders", "items", "returns");
  assert.equal(added.basePoint, first.point, "it goes on from the base");
  assert.equal(added.moved?.bytes, PLAIN_BYTES, "the new data set alone");
  assert.equal(added.moved?.files, PLAIN_FILES);

  const removed = await take({}, "items", "returns");
  assert.deepEqual([removed.moved?.bytes, removed.moved?.deletions], [0, 1]);
  const current = west.as(west.superuser);
  const setsOf = async (point: string): Promise<string[]> => {
    const { items } = await world.ask<{ items: { set: string }[] }>(["point", "files", point]);
    return [...new Set(items.map(({ set }) => set))];
  };
  assert.deepEqual(await setsOf(removed.point), ["items", "returns"]);
  assert.deepEqual(await setsOf(added.point), ["items", "orders", "returns"]);
  const older = await world.ask<Point>(["point", "get", added.point]);
  const sealed = `${place.holding}/.snapshot/${older.snapshotName}/orders`;
  const kept = await Array.fromAsync(walk(current, sealed));
  assert.equal(
    kept.filter(({ type }) => type === "file").length,
    PLAIN_FILES,
    "the older point keeps its tree",
  );
  const verified = await world.cli(["point", "verify", added.point]);
  assert.equal(verified.code, 0, verified.stdout + verified.stderr);

  const back = await take({}, "orders", "items", "returns");
  assert.equal(back.moved?.bytes, PLAIN_BYTES, "one that comes back is a new one");

  const names = { [path("items")]: "articles", [path("orders")]: "zz-orders" };
  const renamed = await take({ names }, "orders", "items", "returns");
  assert.equal(
    renamed.moved?.bytes,
    2 * PLAIN_BYTES,
    "under another name it is another one, in the same place",
  );
  const wider = world.file(
    `${name}.yaml`,
    serviceYaml({ name, dataSets: [`${path("orders")}/below`], target: place.holding, source: place.source }),
  );
  const refused = await world.cli(["service", "apply", "-f", wider, "--yes"]);
  assert.notEqual(refused.code, 0);
  assert.match(refused.stderr, /make another service/);
}
