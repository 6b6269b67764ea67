// What becomes of a service's points and snapshots when it is deleted, on real clusters.
import { after, before, describe, test } from "node:test";
import { startWorld, type World } from "./harness/world.ts";
import { deletedWithPoints, keptPoints } from "./stories/service-deleted.ts";

describe("service delete", () => {
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world.stop());

  test("keep: points stay listed and verifiable, the primary's snapshots go", async () => {
    await keptPoints(world, "kept");
  });

  test("delete: refused by the agent's limits, then done; the part of an agent that is away is done when it is back", async () => {
    await deletedWithPoints(world, "gone");
  });
});
