// A shop with temporary files beside its data. The filters are edited between points; the witness says itself, in words of its own,
// what each edit leaves out.
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Run } from "../harness/answers.ts";
import { protectWell } from "../harness/protect.ts";
import type { World } from "../harness/world.ts";
import { pointHolds } from "./point-holds.ts";
import { type Protected, protectedShop } from "./protected.ts";

export interface FiltersOptions {
  readonly name: string;
  readonly files: number;
}

/** Files that the story adds to the first data set, with their bytes. */
const ADDED = {
  "_temporary/0/part-0": 5000,
  "_temporary/0/part-1": 7000,
  "day/_temporary/part-2": 1000,
  "day/report.tmp": 300,
  "day/report.txt": 200,
  "cache/x": 11,
  "cache/deep/y": 12,
} as const;

interface Edit {
  readonly direction: "push" | "pull";
  readonly filters: string;
  readonly leftOut: (path: string) => boolean;
  /** Bytes that must move; null where others move as well. */
  readonly movedBytes: number | null;
}

const inTemporary = (path: string): boolean => path.split("/").includes("_temporary");
const isTmp = (path: string): boolean => path.endsWith(".tmp");

const EDITS: readonly Edit[] = [
  {
    direction: "push",
    filters: 'filters: { exclude: ["_temporary", "*.tmp", "cache/**"] }',
    leftOut: (path) => inTemporary(path) || isTmp(path) || path.startsWith("cache/"),
    movedBytes: null,
  },
  {
    direction: "pull",
    filters: 'filters: { exclude: ["_temporary", "*.tmp"] }',
    leftOut: (path) => inTemporary(path) || isTmp(path),
    movedBytes: ADDED["cache/x"] + ADDED["cache/deep/y"],
  },
  {
    direction: "push",
    filters: 'filters: { exclude: ["*.tmp", "cache"] }',
    leftOut: (path) => isTmp(path) || /^cache(\/|$)/.test(path),
    movedBytes: 13_000,
  },
  {
    direction: "pull",
    filters: "priority: 50",
    leftOut: () => false,
    movedBytes: ADDED["day/report.tmp"] + ADDED["cache/x"] + ADDED["cache/deep/y"],
  },
];

export async function filtered(world: World, options: FiltersOptions): Promise<void> {
  const story = await protectedShop(world, options);
  await addFiles(world, story);
  const done: { readonly run: Run; readonly edit: Edit }[] = [];
  for (const edit of EDITS) {
    await apply(world, story, edit);
    const run = await protectWell(world, story.service);
    await pointHolds(world, story, run, { leftOut: edit.leftOut });
    if (edit.movedBytes !== null)
      assert.equal(run.moved?.bytes, edit.movedBytes, `${edit.filters}: what entered`);
    await toldRight(world, run, edit);
    done.push({ run, edit });
  }
  // Older points still hold what later edits left out, and nothing of what their own did.
  for (const { run, edit } of done) await toldRight(world, run, edit);
  const folder = join(world.west.dataFolder, "points", story.service);
  const checked = await world.cli(["certificate", "check", folder]);
  assert.equal(checked.code, 0, checked.stdout + checked.stderr);
  await refusesNonsense(world, story);
}

async function addFiles(world: World, { dataSets: [first = ""] }: Protected): Promise<void> {
  const { east } = world.pair;
  const hdfs = east.as(east.superuser);
  for (const [path, bytes] of Object.entries(ADDED))
    await hdfs.write(`${first}/${path}`, Buffer.alloc(bytes, path));
}

async function apply(world: World, story: Protected, { direction, filters }: Edit): Promise<void> {
  const { service: name, dataSets, holding: target } = story;
  await world.applyService({ name, dataSets, target, direction, policy: [filters] });
}

/** `point files`, `point get` and `point verify` agree with the filters. */
async function toldRight(world: World, { point }: Run, { filters, leftOut }: Edit): Promise<void> {
  const { items } = await world.ask<{ items: { path: string }[] }>([
    "point",
    "files",
    point,
    "--limit",
    "1000",
  ]);
  assert.deepEqual(
    items.filter(({ path }) => leftOut(path)),
    [],
    "point files",
  );
  const shown = Object.keys(ADDED).filter((path) => !leftOut(path));
  for (const path of shown)
    assert.ok(
      items.some((one) => one.path === path),
      `${path} is in ${filters}`,
    );
  const { filters: told } = await world.ask<{ filters: { exclude: string[] } | null }>([
    "point",
    "get",
    point,
  ]);
  assert.equal(told === null, !filters.includes("exclude"), "point get tells the filters");
  const verified = await world.cli(["point", "verify", point]);
  assert.equal(verified.code, 0, verified.stdout + verified.stderr);
}

async function refusesNonsense(world: World, story: Protected): Promise<void> {
  await assert.rejects(
    apply(world, story, { ...(EDITS[0] as Edit), filters: 'filters: { exclude: ["ok", "/absolute"] }' }),
    /:\d+:\d+: spec\.policy\.filters\.exclude\[1\].*relative to each data set/,
  );
}
