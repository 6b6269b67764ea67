import assert from "node:assert/strict";
import { test } from "node:test";
import { INSTRUCTION_LINES_MAX, LINE_LENGTH_MAX } from "@coeval/core/model/run-line";
import { chanceOf } from "@coeval/core/testing/chance";
import { inOrder, randomTree } from "@coeval/core/testing/trees";
import { readInstruction } from "@coeval/store/agent/journal";
import { createRunLines } from "./run-lines.ts";
import { begin, createStage, given } from "./testing/stage.ts";
import { createFakeTime } from "./testing/fake-time.ts";

const tree = randomTree(chanceOf(3), 30);

/** Lines without their figures, which differ from run to run of the code. */
const words = (lines: readonly string[]) => lines.map((line) => line.replaceAll(/\d[\dT:.Z-]*/g, "#"));

for (const direction of ["push", "pull"] as const) {
  test(`${direction}: a whole run is told by both agents, each step once, and nothing that a file holds`, async () => {
    const stage = await createStage();
    const run = begin(stage, "1", tree, null, direction);
    assert.equal((await stage.time.until(run.over)).phase, "done");
    const told = words(run.told);
    const [sender, receiver, listens] =
      direction === "push" ? ["source", "target", "target"] : ["source", "target", "source"];
    for (const [side, pattern] of [
      ["target", /^target: .*\/billing is open for a full copy$/],
      ["source", /^source: # roots? prepared, armed # ms before the moment, control:test known to ±# ms$/],
      ["source", /^source: snapshot .* of .* taken between # and # ms after the moment/],
      ["source", /^source: plan of a full copy: # changes; # files of # .* to move$/],
      [listens, /'s agent is waited for at /],
      [listens === "source" ? "target" : "source", /: connected to .*'s agent at /],
      [sender, /: all is at west, both hold the same manifest$/],
      [receiver, /: all has come, manifest .*… of # files of # .* in # director/],
      ["target", /: read back and equal: # files of #/],
      ["source", /: signed by agent-east: manifest /],
      ["target", /: the switch is done, and proven by a listing/],
      ["target", /: sealed as snapshot /],
      ["source", /: its snapshots are the base of the next run$/],
    ] as const) {
      const found = told.filter((line) => line.startsWith(side) && pattern.test(line));
      assert.equal(found.length >= 1, true, `${side} ${pattern}:\n${told.join("\n")}`);
    }
    const names = inOrder(tree).filter(({ type }) => type === "file");
    for (const { path } of names.filter(({ path }) => path.length > 3))
      assert.ok(!run.told.some((line) => line.includes(path)), `${path} is nobody's to read in a log`);
  });
}

test("a transfer that breaks is told with its cause, and what was there already when it goes on", async () => {
  const stage = await createStage();
  let cuts = 1;
  stage.net.onConnect = (connection) => {
    if (cuts-- > 0) connection.cutAfter(6000);
  };
  const run = begin(stage, "1", tree, null);
  assert.equal((await stage.time.until(run.over)).phase, "done");
  assert.equal(run.told.filter((line) => /the transfer broke, tried again: /.test(line)).length, 1);
  assert.ok(run.told.some((line) => /files? there already from an earlier stream$/.test(line)));
  assert.ok(run.told.some((line) => line === "target: east's agent has come again"));
});

test("what no report could tell, since nobody listened, is told with the answer, again at each repeat", async () => {
  const stage = await createStage();
  const run = begin(stage, "1", tree, null);
  const { source } = stage.sites;
  const { hear } = source;
  await stage.time.advance(900);
  source.hear = null;
  await stage.time.advance(1000);
  const take = given(run, "take-snapshots");
  const kept = (await readInstruction(source.db, take.id))?.outcome?.lines ?? [];
  assert.ok(kept.some(({ text, at }) => text.startsWith("snapshot ") && at !== null));
  assert.ok(!run.told.some((line) => line.startsWith("source: snapshot ")));
  source.hear = hear;
  assert.equal((await stage.time.until(run.over)).phase, "done");
  assert.equal(run.told.filter((line) => line.startsWith("source: snapshot coeval-")).length >= 1, true);
  assert.equal(run.told.filter((line) => / armed /.test(line)).length, 1, "told by one message alone");
});

test("lines are bounded in number and length: the last one says how many are left out", () => {
  const lines = createRunLines(createFakeTime().clock(), {
    source: "control:test",
    reading: () => null,
  } as never);
  for (let number = 1; number <= INSTRUCTION_LINES_MAX + 10; number++)
    lines.tell(`${number} ${"x".repeat(9000)}`);
  const all = lines.last();
  assert.equal(all.length, INSTRUCTION_LINES_MAX);
  assert.equal(all.at(-1)?.text, "11 further lines are left out");
  assert.ok(all.every(({ text, at }) => text.length <= LINE_LENGTH_MAX && at === null));
  lines.taken(lines.pending);
  assert.deepEqual(lines.pending, []);
});
