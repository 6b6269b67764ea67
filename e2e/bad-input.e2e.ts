// Bad input gets a clear error that names the place and the fix, and nothing is lost by it.
import { after, before, describe, test } from "node:test";
import { protectWell } from "./harness/protect.ts";
import { startWorld, type World } from "./harness/world.ts";
import { badDocuments, refused } from "./stories/bad-documents.ts";
import { badStates, nothingWasLost } from "./stories/bad-states.ts";
import { placeOf, type Protected, protectedShop } from "./stories/protected.ts";

describe("bad input", () => {
  const place = placeOf("good");
  let world: World;
  let story: Protected;
  let point: string;

  before(async () => {
    world = await startWorld();
    story = await protectedShop(world, { name: place.service, files: 90 });
    point = (await protectWell(world, story.service)).point;
  });
  after(() => world.stop());

  for (const input of badDocuments(place)) {
    test(`refused: ${input.what}`, () => refused(world, input));
  }
  for (const [what, state] of Object.entries(badStates)) {
    test(`refused: ${what}`, () => state(world, story));
  }
  test("nothing was lost by any of it", () => nothingWasLost(world, story, [point]));
});
