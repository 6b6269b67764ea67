// What an edit of a service does, and what a pattern of data sets does by itself, on real clusters.
import { after, before, describe, test } from "node:test";
import { startWorld, type World } from "./harness/world.ts";
import { coveredPattern, growingPattern } from "./stories/patterns.ts";
import { setsEdited } from "./stories/sets-edited.ts";

describe("edits and patterns", () => {
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world.stop());

  test("a data set that is added is copied alone; one that is removed leaves the next point and stays in the older one", async () => {
    await setsEdited(world, "edited");
  });

  test("a pattern whose directory allows no snapshots is refused with the command, or marked; once allowed it is copied alone", async () => {
    await growingPattern(world, "growing");
  });

  test("below a covering root a pattern grows and shrinks by itself", async () => {
    await coveredPattern(world, "covered");
  });
});
