// After a run that made a point, the clusters hold exactly what they must: the base's snapshot on each root of the
// primary, the points' snapshots on the secondary, and no staging.
import assert from "node:assert/strict";
import type { Point, Run, Status } from "../harness/answers.ts";
import type { World } from "../harness/world.ts";
import { leftovers } from "../independent/leftovers.ts";
import type { Protected } from "./protected.ts";

/** `run` is the last one that made a point. */
export async function nothingLeftBehind(world: World, story: Protected, run: Run): Promise<void> {
  const { east, west } = world.pair;
  const left = await leftovers(
    east.as(east.superuser),
    run.receipts.map(({ root }) => root),
    west.as(west.superuser),
    story.holding,
  );
  for (const { root, snapshotName } of run.receipts) {
    assert.deepEqual(left.primary[root], [snapshotName], `snapshots on ${root} of the primary`);
  }
  assert.deepEqual(left.staging, [], "staging in the holding directory");
  const { items } = await world.ask<{ items: Point[] }>(["point", "list", story.service]);
  assert.equal(
    left.sealed.length,
    items.length,
    `sealed ${left.sealed.join(", ")} for ${items.length} points`,
  );
  assert.ok(left.sealed.includes("current"));
  const status = await world.ask<Status>(["status"]);
  const waiting = status.clusters.map(({ status: { voidSnapshots } }) => voidSnapshots);
  assert.deepEqual(
    waiting,
    waiting.map(() => 0),
    "no snapshot waits to be deleted",
  );
}
