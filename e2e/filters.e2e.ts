// Filters on real clusters: what they leave out is in no point, through edits, pushed and pulled.
import { after, before, describe, test } from "node:test";
import { startWorld, type World } from "./harness/world.ts";
import { filtered } from "./stories/filters.ts";

describe("filters", () => {
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world.stop());

  test("each point is the primary's snapshot without what the filters leave out, through edits of them, both ways", async () => {
    await filtered(world, { name: "filtered", files: 60 });
  });
});
