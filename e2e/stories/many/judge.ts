// What must hold of every service of the fleet, whatever was done to its neighbours: each instant of its policy has one
// fate, what was taken was taken at its instant, every sealed snapshot holds what its manifest says, nothing is left behind.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Cause, Point, Run } from "../../harness/answers.ts";
import { restOf } from "../../harness/rest.ts";
import type { TestCluster } from "../../harness/clusters.ts";
import { until } from "../../harness/wait.ts";
import type { World } from "../../harness/world.ts";
import { inWords } from "../../independent/equal.ts";
import { leftovers } from "../../independent/leftovers.ts";
import { provePoint } from "../../independent/point.ts";
import { sealedDiffers } from "../../independent/sealed.ts";
import type { FleetService } from "./fleet.ts";

export interface MomentTold {
  readonly moment: string;
  readonly fate: "run" | "missed" | "paused";
  readonly run: string | null;
  readonly cause: Cause | null;
  readonly more: number;
}

export interface Record {
  readonly service: FleetService;
  /** Oldest first. */
  readonly moments: readonly MomentTold[];
  readonly runs: ReadonlyMap<string, Run>;
  readonly points: readonly Point[];
}

const QUIET_WITHIN_MS = 180_000;

export async function allRecords(world: World, services: readonly FleetService[]): Promise<Record[]> {
  const rest = restOf(world);
  try {
    const records: Record[] = [];
    for (const service of services) {
      const runs = await rest.all<Run>("/api/v1/runs", { service: service.name });
      records.push({
        service,
        moments: (await rest.all<MomentTold>(`/api/v1/services/${service.name}/moments`)).toReversed(),
        runs: new Map(runs.map((run) => [run.id, run])),
        points: await rest.all<Point>(`/api/v1/services/${service.name}/points`),
      });
    }
    return records;
  } finally {
    rest.close();
  }
}

/** No instant left out, none doubled, each run at its own, a cause beside what was not taken. */
export function judgeMoments({ service, moments, runs }: Record): void {
  let next = Date.parse(moments[0]?.moment ?? "");
  assert.ok(next > 0 && next % service.everyMs === 0, `${service.name}: the policy's instants`);
  const taken = new Map<string, string>();
  for (const { moment, fate, run, cause, more } of moments) {
    assert.equal(moment, new Date(next).toISOString(), `${service.name}: a moment is left out or doubled`);
    next += service.everyMs * (1 + more);
    if (fate !== "run") {
      assert.ok(cause !== null && cause.message.length > 10, `${service.name}: ${moment} ${fate}, no cause`);
      continue;
    }
    const found = runs.get(run ?? "");
    assert.equal(found?.moment, moment, `${service.name}: the run took another instant`);
    assert.ok(!taken.has(moment), `${service.name}: ${moment} was run twice`);
    taken.set(moment, run ?? "");
    assert.ok(found?.phase === "done" || (found?.cause?.message ?? "").length > 10, `${run}: no cause`);
    for (const { earliest } of found?.receipts ?? [])
      assert.ok(Date.parse(earliest) >= Date.parse(moment), `${run}: a receipt begins before the moment`);
  }
}

/** How late each snapshot began at most, and how wide its window is, in ms, of all runs. */
export function lateness(records: readonly Record[]): { late: number[]; window: number[] } {
  const receipts = records.flatMap(({ runs }) =>
    [...runs.values()].flatMap((run) =>
      run.receipts.map(({ earliest, latest }) => ({
        late: Date.parse(earliest) - Date.parse(run.moment),
        window: Date.parse(latest) - Date.parse(earliest),
      })),
    ),
  );
  const sorted = (of: number[]): number[] => of.toSorted((a, b) => a - b);
  return { late: sorted(receipts.map(({ late }) => late)), window: sorted(receipts.map((r) => r.window)) };
}

export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Pauses all and waits until no run goes on. */
export async function quiet(world: World): Promise<void> {
  const paused = await world.cli(["service", "pause", "--all", "--why", "the story ends"]);
  assert.equal(paused.code, 0, paused.stderr);
  await until("no run", QUIET_WITHIN_MS, async () => {
    const { items } = await world.ask<{ items: Run[] }>(["run", "list", "--limit", "100"]);
    return items.every(({ phase }) => phase === "done" || phase === "failed") ? true : null;
  });
}

/** The sealed snapshots against their manifests, the manifests against their certificates, the newest against the primary. */
export async function judgePoints(
  world: World,
  primary: TestCluster,
  { service, points, runs }: Record,
): Promise<number> {
  const { west } = world.pair;
  const secondary = west.as(west.superuser);
  const newest = points[0];
  if (newest === undefined) return 0;
  const left = await leftovers(primary.as(primary.superuser), service.dataSets, secondary, service.holding);
  assert.deepEqual(left.staging, [], `${service.name}: staging is left`);
  assert.equal(
    left.sealed.length,
    points.length,
    `${service.name}: sealed ${left.sealed.join(", ")} for ${points.length} points`,
  );
  const receipts = runs.get(newest.run)?.receipts ?? [];
  for (const { root, snapshotName } of receipts)
    assert.deepEqual(left.primary[root], [snapshotName], `${service.name}: snapshots on ${root}`);
  const folder = join(world.west.dataFolder, "points", service.name);
  for (const point of points) {
    const sealed: string | undefined =
      point === newest ? "current" : left.sealed.find((name) => name.includes(point.id));
    assert.ok(sealed !== undefined, `${point.id} has no snapshot among ${left.sealed.join(", ")}`);
    const manifest = join(folder, point.run, "manifest");
    const wrong = await sealedDiffers({
      secondary,
      holding: service.holding,
      sealed,
      sets: new Map([
        ["a", "a"],
        ["b", "b"],
      ]),
      manifest,
    });
    assert.deepEqual(wrong, [], `${service.name}: ${point.id}`);
    const certificate = readFileSync(join(folder, point.run, "certificate.json"), "utf8");
    const sha256 = createHash("sha256").update(readFileSync(manifest)).digest("hex");
    assert.ok(certificate.includes(sha256), `${point.id}: the certificate states another manifest`);
  }
  const known = new Set(points.map(({ run }) => run));
  assert.deepEqual(
    readdirSync(folder).filter((run) => !known.has(run)),
    [],
    `${service.name}: manifests of no point`,
  );
  const proven = await provePoint({
    primary: primary.as(primary.superuser),
    secondary,
    dataSets: service.dataSets,
    source: service.source,
    holding: service.holding,
    receipts,
    manifest: join(folder, newest.run, "manifest"),
    writersLive: true,
  });
  assert.equal(inWords(proven.differences), "", `${service.name}: the newest point differs from the primary`);
  return points.length;
}
