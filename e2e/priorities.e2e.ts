// Who goes first where an agent moves data for one service at a time, on real clusters.
import { after, before, describe, test } from "node:test";
import { startWorld, type World } from "./harness/world.ts";
import { byPriority } from "./stories/priorities.ts";

describe("priorities", () => {
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world.stop());

  test("services due at one instant are sent one after the other, the highest priority first", async (t) => {
    await byPriority(world, { report: (line) => t.diagnostic(line) });
  });
});
