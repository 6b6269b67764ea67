// Moments of a service of three directories under living writers: the short form of the campaign `moments`.
import { after, before, describe, test } from "node:test";
import { startWorld, type World } from "./harness/world.ts";
import { momentsUnderWriters } from "./stories/moments.ts";

describe("a service under living writers", () => {
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world.stop());

  for (const snapshottable of ["each", "covering"] as const) {
    test(`every moment is met and whole, ${snapshottable} directory a snapshot root`, async (t) => {
      await momentsUnderWriters(world, {
        name: `moments-${snapshottable}`,
        moments: snapshottable === "each" ? 2 : 1,
        files: 120,
        seed: 7,
        snapshottable,
        report: (line) => t.diagnostic(line),
      });
    });
  }
});
