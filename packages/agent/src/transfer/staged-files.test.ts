import assert from "node:assert/strict";
import { test } from "node:test";
import { agentMigrations } from "@coeval/store/agent/migrations/all";
import { readStaged, type StagedFile } from "@coeval/store/agent/staging";
import type { AgentTables } from "@coeval/store/agent/tables";
import { openDatabase } from "@coeval/store/database";
import { createFakeTime } from "../testing/fake-time.ts";
import { openStagedFiles } from "./staged-files.ts";

const file = (number: number): StagedFile => ({ number, sha256: "0".repeat(64), bytes: number });

async function opened(time = createFakeTime()) {
  const database = await openDatabase<AgentTables>(":memory:", agentMigrations);
  return { database, time, world: { db: database.db, clock: time.clock() } };
}

test("a file that is whole is stored soon, and a later stream of its run finds it", async () => {
  const { time, world } = await opened();
  const first = await openStagedFiles(world, "run-1");
  first.add(file(7));
  assert.equal(await readStaged(world.db, "run-1", 7), null);
  await time.advance(100);
  await time.settle();
  assert.deepEqual(await readStaged(world.db, "run-1", 7), file(7));
  const later = await openStagedFiles(world, "run-1");
  assert.deepEqual(await later.find(7), file(7));
  assert.equal(await later.find(8), null);
  assert.equal(await (await openStagedFiles(world, "run-2")).find(7), null);
});

test("whoever needs all to be stored does not wait for the pause, however many there are", async () => {
  const { world } = await opened();
  const staged = await openStagedFiles(world, "run-1");
  for (let number = 1; number <= 1200; number++) staged.add(file(number));
  await staged.stored();
  for (const number of [1, 500, 501, 1200])
    assert.deepEqual(await readStaged(world.db, "run-1", number), file(number));
});

test("what cannot be stored fails the stream: with the next file, and at its end", async () => {
  const { database, time, world } = await opened();
  const staged = await openStagedFiles(world, "run-1");
  await database.close();
  staged.add(file(1));
  await time.advance(100);
  await time.settle();
  assert.throws(() => staged.add(file(2)), /closed/);
  await assert.rejects(staged.stored(), /closed/);
});
