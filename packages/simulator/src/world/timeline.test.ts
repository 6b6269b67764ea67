import assert from "node:assert/strict";
import { test } from "node:test";
import { drain } from "../drain.ts";
import { createTimeline } from "./timeline.ts";

test("events come in the order of their times, equal ones as they were given", async () => {
  const timeline = createTimeline(drain);
  const seen: string[] = [];
  for (const [name, atMs] of [
    ["c", 30],
    ["a", 10],
    ["b1", 20],
    ["b2", 20],
    ["b3", 20],
  ] as const)
    timeline.at(atMs, () => seen.push(`${name} at ${timeline.nowMs}`));
  await timeline.run(() => false, 100);
  assert.deepEqual(seen, ["a at 10", "b1 at 20", "b2 at 20", "b3 at 20", "c at 30"]);
});

test("everything that can go on goes on before time does", async () => {
  const timeline = createTimeline(drain);
  const seen: string[] = [];
  timeline.at(1, () => {
    void (async () => {
      for (let turn = 0; turn < 500; turn++) await Promise.resolve();
      seen.push(`500 turns later at ${timeline.nowMs}`);
    })();
  });
  timeline.at(2, () => seen.push("next"));
  await timeline.run(() => false, 100);
  assert.deepEqual(seen, ["500 turns later at 1", "next"]);
});

test("what was taken back never happens, and the end of time is told", async () => {
  const timeline = createTimeline(drain);
  const takeBack = timeline.at(5, () => assert.fail("it happened"));
  takeBack();
  timeline.at(50, () => assert.fail("it is beyond the end"));
  assert.equal(await timeline.run(() => false, 40), false);
  assert.equal(timeline.nowMs, 40);
});

test("a thousand random times come out sorted", async () => {
  const timeline = createTimeline(drain);
  const seen: number[] = [];
  for (let i = 0; i < 1000; i++) {
    const atMs = (i * 7919) % 1009;
    timeline.at(atMs, () => seen.push(atMs));
  }
  await timeline.run(() => false, 2000);
  assert.deepEqual(
    seen,
    seen.toSorted((a, b) => a - b),
  );
  assert.equal(seen.length, 1000);
});
