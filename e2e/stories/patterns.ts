// `/shops/NAME/*` as a data set: directories come and go, with snapshots of their own or below a covering root.
import assert from "node:assert/strict";
import type { Point, Run, Status } from "../harness/answers.ts";
import { protectWell, tryProtect } from "../harness/protect.ts";
import type { World } from "../harness/world.ts";
import { PLAIN_BYTES, plainFiles } from "../workload/plain-files.ts";
import { pointHolds } from "./point-holds.ts";
import { type Protected, placeOf } from "./protected.ts";

export async function growingPattern(world: World, name: string): Promise<void> {
  const { east } = world.pair;
  const hdfs = east.as(east.superuser);
  const place = placeOf(name);
  const tenant = (one: string): string => `${place.source}/${one}`;
  const take = taking(world, place);
  for (const one of ["acme", "Umbrella & Söhne"]) await plainFiles(hdfs, tenant(one), true);

  const first = await take("refuse", ["acme", "Umbrella & Söhne"]);
  assert.equal(first.moved?.bytes, 2 * PLAIN_BYTES);

  await plainFiles(hdfs, tenant("initech"), false);
  const refused = await tryProtect(world, name);
  assert.notEqual(refused.code, 0);
  assert.match(refused.stderr, new RegExp(`hdfs dfsadmin -allowSnapshot ${tenant("initech")}`));

  const marked = await take("mark", ["acme", "Umbrella & Söhne"]);
  assert.equal(marked.moved?.bytes, 0);
  const point = await world.ask<Point>(["point", "get", marked.point]);
  assert.deepEqual(
    point.uncovered.map(({ path }) => path),
    [tenant("initech")],
  );
  const { services } = await world.ask<Status>(["status"]);
  const told = services.find((one) => one.name === name)?.status;
  assert.deepEqual(
    [told?.uncovered, told?.rpoMs],
    [[tenant("initech")], null],
    "no figure hides what is not held",
  );

  await hdfs.call("PUT", tenant("initech"), "ALLOWSNAPSHOT");
  const whole = await take("refuse", ["acme", "Umbrella & Söhne", "initech"], "pull");
  assert.equal(whole.moved?.bytes, PLAIN_BYTES, "the new directory alone");
  assert.deepEqual((await world.ask<Point>(["point", "get", whole.point])).uncovered, []);
}

export async function coveredPattern(world: World, name: string): Promise<void> {
  const { east } = world.pair;
  const hdfs = east.as(east.superuser);
  const place = placeOf(name);
  const tenant = (one: string): string => `${place.source}/${one}`;
  const take = taking(world, place);
  await hdfs.call("PUT", place.source, "MKDIRS");
  await hdfs.call("PUT", place.source, "ALLOWSNAPSHOT");
  for (const one of ["acme", "umbrella"]) await plainFiles(hdfs, tenant(one), false);
  const first = await take("refuse", ["acme", "umbrella"]);
  assert.equal(first.receipts.length, 1, "one root covers all");

  await plainFiles(hdfs, tenant("initech"), false);
  const grown = await take("refuse", ["acme", "initech", "umbrella"]);
  assert.equal(grown.moved?.bytes, PLAIN_BYTES);

  await hdfs.call("DELETE", tenant("acme"), "DELETE", { recursive: "true" });
  const shrunk = await take("refuse", ["initech", "umbrella"], "pull");
  assert.deepEqual([shrunk.moved?.bytes, shrunk.moved?.deletions], [0, 1]);
}

/** Applies the pattern and takes a point, which must hold exactly these directories. */
function taking(world: World, place: Protected) {
  return async (
    onUncovered: "refuse" | "mark",
    held: readonly string[],
    direction: "push" | "pull" = "push",
  ): Promise<Run> => {
    const { service: name, holding: target, source } = place;
    await world.applyService({ name, dataSets: [`${source}/*`], target, onUncovered, direction });
    const run = await protectWell(world, name);
    await pointHolds(world, { ...place, dataSets: held.map((one) => `${source}/${one}`) }, run);
    return run;
  };
}
