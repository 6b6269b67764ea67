import assert from "node:assert/strict";
import { test } from "node:test";
import type { FromControl } from "@coeval/contract/wire/link";
import type { SetPattern } from "@coeval/core/model/set-pattern";
import type { World } from "@coeval/core/ports/world";
import type { Run, RunPatterns } from "@coeval/core/protect/run";
import { chanceOf } from "@coeval/core/testing/chance";
import { fakeHash } from "@coeval/core/testing/fake-hash";
import { randomTree } from "@coeval/core/testing/trees";
import { findSets } from "./find-sets.ts";
import { conduct, runOf } from "./testing/conductor.ts";
import { createStage, setsOf } from "./testing/stage.ts";

const pattern = (onUncovered: "refuse" | "mark"): SetPattern => ({
  name: "all",
  path: "/data/*",
  onUncovered,
});
const missing = {
  code: "not-snapshottable",
  text: "allows no snapshots",
  command: "hdfs dfsadmin -allowSnapshot X",
} as const;

test("what a pattern means is told as data sets; what cannot be taken, with why", async () => {
  const { time, sites } = await createStage();
  const { source, target } = sites.source;
  source.matched = [
    { path: "/data/acme", problem: null },
    { path: "/data/new", problem: missing },
  ];
  const asked: Extract<FromControl, { say: "find-sets" }> = {
    say: "find-sets",
    number: 4,
    identity: null,
    patterns: [pattern("mark")],
  };
  const world = { clock: time.clock(), hash: fakeHash } as World;
  const ask = (readPrefixes: string[]) =>
    time.until(
      findSets(
        world,
        { source, target },
        { readPrefixes, writePrefixes: [] },
        "east",
        asked,
        new AbortController().signal,
      ),
    );
  const found = await ask(["/data"]);
  assert.deepEqual(
    found.sets.map(({ set }) => [set.name, set.path]),
    [["all-acme", "/data/acme"]],
  );
  assert.deepEqual(found.uncovered, [{ pattern: "all", path: "/data/new", ...missing }]);
  assert.equal((await ask(["/data/acme"])).failure?.code, "beyond-limits");
});

/** A run of all sets of a tree, with a directory that comes just before the moment. */
async function lateRun(onUncovered: "refuse" | "mark"): Promise<Run> {
  const stage = await createStage();
  const { time, sites } = stage;
  const tree = randomTree(chanceOf(3), 12);
  sites.source.source.tree = tree;
  const sets = setsOf(tree);
  sites.source.source.matched = [...sets, "known", "late"].map((name) => ({
    path: `/data/${name}`,
    problem: null,
  }));
  const patterns: RunPatterns = {
    all: [pattern(onUncovered)],
    uncovered: [{ path: "/data/known", why: "no" }],
  };
  const run = { ...runOf("1", time, sites, { sets, direction: "push", last: null }), patterns };
  return time.until(conduct(run, time, sites).over);
}

test("mark: the certificate names what is not held, what came just before the moment included; both agents sign it", async () => {
  const run = await lateRun("mark");
  assert.equal(run.phase, "done", JSON.stringify(run.cause));
  assert.deepEqual(
    run.certificate?.body.uncovered?.map(({ path }) => path),
    ["/data/known", "/data/late"],
  );
});

test("refuse: what comes between the looking and the moment is found at the moment", async () => {
  const run = await lateRun("refuse");
  assert.deepEqual([run.phase, run.cause?.code], ["failed", "uncovered"]);
  assert.match(run.cause?.message ?? "", /^\/data\/late came just before the moment/);
});
