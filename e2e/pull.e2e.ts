// Push and pull: who dials differs, and nothing else.
import { after, before, describe, test } from "node:test";
import { startWorld, type World } from "./harness/world.ts";
import { bothWays } from "./stories/both-ways.ts";

describe("push and pull", () => {
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world.stop());

  test("the same data gives equal points both ways, and a service goes on from its base in the other direction", async () => {
    await bothWays(world, { name: "both-ways", files: 90, seed: 5, changes: 60 });
  });
});
