import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { newId } from "@coeval/core/ports/random";
import { createWorld } from "./world.ts";

const folder = mkdtempSync(join(tmpdir(), "coeval-world-"));
after(() => rmSync(folder, { recursive: true }));

test("a world has its data folder for itself until it is closed", async () => {
  const logFile = join(folder, "log/agent.log");
  const dataFolder = join(folder, "data");
  const world = createWorld({ dataFolder, logFile });
  assert.throws(() => createWorld({ dataFolder }), /already uses the data folder/);
  world.log.info("started");
  assert.match(readFileSync(logFile, "utf8"), /"event":"started"/);
  assert.notEqual(newId(world.random, "run"), newId(world.random, "run"));
  for (const length of [0, 1025, 1.5]) assert.throws(() => world.random.bytes(length), RangeError);
  assert.equal(await world.files.size("nothing"), null);
  world.close();
  createWorld({ dataFolder, logFile }).close();
});
