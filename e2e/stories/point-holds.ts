// What every point of every story must fulfil: its moment, its receipts, its equality by the witness.
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Run } from "../harness/answers.ts";
import type { World } from "../harness/world.ts";
import { inWords } from "../independent/equal.ts";
import { type ProvenPoint, provePoint } from "../independent/point.ts";
import type { Protected } from "./protected.ts";

export interface Circumstances {
  /** Whether the primary is being written while the point is compared; default not. */
  readonly writersLive?: boolean;
  /** What of the data sets the policy's filters leave out. */
  readonly leftOut?: (path: string) => boolean;
}

/** Asserts that the newest point is what `run` says and that it equals the primary's snapshots. */
export async function pointHolds(
  world: World,
  story: Protected,
  run: Run,
  { writersLive = false, leftOut = () => false }: Circumstances = {},
): Promise<ProvenPoint> {
  assert.equal(run.phase, "done");
  const moment = Date.parse(run.moment);
  assert.ok(run.receipts.length > 0, "a point has receipts");
  for (const { root, earliest, latest } of run.receipts) {
    assert.ok(Date.parse(earliest) >= moment, `the receipt of ${root} begins before the moment: ${earliest}`);
    assert.ok(Date.parse(latest) >= Date.parse(earliest));
  }
  const { east, west } = world.pair;
  const proven = await provePoint({
    primary: east.as(east.superuser),
    secondary: west.as(west.superuser),
    dataSets: story.dataSets,
    source: story.source,
    holding: story.holding,
    receipts: run.receipts,
    manifest: manifestOf(world, run),
    writersLive,
    leftOut,
  });
  assert.equal(
    inWords(proven.differences),
    "",
    `the point of ${run.moment} differs from the primary's snapshots`,
  );
  // The data sets' own directories are entries of the walk and of the manifest alike.
  const { total } = run;
  assert.equal(proven.entries, (total?.files ?? 0) + (total?.directories ?? 0), "the counts of the point");
  assert.equal(proven.bytes, total?.bytes, "the bytes of the point");
  return proven;
}

/** The secondary's agent keeps the manifest of each point. */
export function manifestOf(world: World, run: Pick<Run, "service" | "id">): string {
  return join(world.west.dataFolder, "points", run.service, run.id, "manifest");
}
