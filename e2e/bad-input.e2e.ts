// Bad input gets a clear error that names the place and the fix, and nothing is lost by it.
import { after, before, describe, test } from "node:test";
import { type Pair, testClusters } from "./harness/clusters.ts";
import { protectWell } from "./harness/protect.ts";
import { type Switchboard, switchboard } from "./harness/switchboard.ts";
import { startWorld, type World } from "./harness/world.ts";
import { badDocuments, refused } from "./stories/bad-documents.ts";
import { badStates, nothingWasLost } from "./stories/bad-states.ts";
import { becameAnother } from "./stories/became-another.ts";
import { placeOf, type Protected, protectedShop } from "./stories/protected.ts";

describe("bad input", () => {
  const place = placeOf("good");
  let pair: Pair;
  let board: Switchboard;
  let world: World;
  let story: Protected;
  let point: string;

  before(async () => {
    pair = await testClusters();
    board = await switchboard(pair.east.nameNodeRpc);
    world = await startWorld({ pair, eastEndpoint: board.address });
    story = await protectedShop(world, { name: place.service, files: 90 });
    point = (await protectWell(world, story.service)).point;
  });
  after(async () => {
    await world.stop();
    await board.close();
    await pair.close();
  });

  for (const input of badDocuments(place)) {
    test(`refused: ${input.what}`, () => refused(world, input));
  }
  for (const [what, state] of Object.entries(badStates)) {
    test(`refused: ${what}`, () => state(world, story));
  }
  test("refused: an endpoint that became another cluster", () => becameAnother(world, story, board));
  test("nothing was lost by any of it", () => nothingWasLost(world, story, [point]));
});
