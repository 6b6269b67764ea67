// A policy's bandwidth, measured on real clusters: what a transfer may take at most it takes, both ways.
import { after, before, describe, test } from "node:test";
import { startWorld, type World } from "./harness/world.ts";
import { keptToBandwidth } from "./stories/bandwidth.ts";

describe("bandwidth", () => {
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world.stop());

  test("64 MiB at 8 MiB/s take 8 s, pushed and pulled; the next run keeps what was edited meanwhile", async (t) => {
    await keptToBandwidth(world, { name: "paced", report: (line) => t.diagnostic(line) });
  });
});
