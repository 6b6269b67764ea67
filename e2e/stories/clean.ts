// After a run that made a point, the clusters hold exactly what they must: the base's snapshot on each root of the
// primary, the points' snapshots on the secondary, and no staging.
import assert from "node:assert/strict";
import type { Point, Run, Status } from "../harness/answers.ts";
import { until } from "../harness/wait.ts";
import type { World } from "../harness/world.ts";
import { leftovers } from "../independent/leftovers.ts";
import type { Protected } from "./protected.ts";

const TOLD_WITHIN_MS = 10_000;

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
  // Agents tell their status every few seconds.
  await until("that no snapshot waits to be deleted", TOLD_WITHIN_MS, async () => {
    const status = await world.ask<Status>(["status"]);
    return status.clusters.every(({ status: { voidSnapshots } }) => voidSnapshots === 0) ? true : null;
  });
}
