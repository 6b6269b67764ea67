import assert from "node:assert/strict";
import { test } from "node:test";
import { drain } from "../drain.ts";
import { createDisk, createFiles } from "./files.ts";
import { createLife } from "./life.ts";
import { seedOf } from "./seed.ts";
import { createTimeline } from "./timeline.ts";

function setUp() {
  const timeline = createTimeline(drain);
  const disk = createDisk();
  const start = () => {
    const life = createLife("east", () => undefined);
    return { life, files: createFiles(timeline, disk, life, seedOf(1)) };
  };
  const play = async <T>(work: Promise<T>): Promise<T> => {
    let over = false;
    const watched = work.finally(() => (over = true));
    watched.catch(() => undefined);
    await timeline.run(() => over, timeline.nowMs + 1000);
    return await watched;
  };
  return { disk, start, play };
}

test("what was committed survives the process, what was not leaves no trace", async () => {
  const { start, play } = setUp();
  const first = start();
  const write = async (path: string, commit: boolean) => {
    const writer = await first.files.create(path);
    await writer.write(new TextEncoder().encode("content"));
    if (commit) await writer.commit();
  };
  await play(write("runs/a/plan", true));
  await play(write("runs/a/hashes", false));
  first.life.crash();
  const { files } = start();
  assert.deepEqual(await play(files.list("runs/a")), ["plan"]);
  assert.equal(await play(files.size("runs/a/plan")), 7);
  await play(files.remove("runs"));
  assert.deepEqual(await play(files.list("")), []);
});

test("a full disk refuses, and what stood there stays", async () => {
  const { disk, start, play } = setUp();
  const { files } = start();
  disk.freeBytes = 3;
  const write = async () => {
    const writer = await files.create("points/a");
    await writer.write(new Uint8Array(4));
  };
  await assert.rejects(play(write()), /ENOSPC/);
  assert.equal(await play(files.size("points/a")), null);
});
